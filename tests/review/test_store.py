"""The log: durable at once, shared by two quizzes, never made worse by a fault."""

import multiprocessing
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from interview.bank.model import Kind
from interview.errors import InterviewError
from interview.review import store
from interview.review.model import Rating
from interview.review.store import open_store, read_reviews
from tests.review.questions import review


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "progress.sqlite3"


def test_a_review_comes_back_as_it_was(path: Path) -> None:
    """Every field survives, Chinese text and the absence of a verdict among them."""
    written = review(
        "a/b", Rating.HARD, kind=Kind.NUMERIC, correct=False, answer="√(7/8)\n约 0.935", seconds=2.5
    )
    with open_store(path) as log:
        number = log.append(written)
        log.append(review("a/c"))
    first, second = read_reviews(path)
    assert (first.id, second.correct) == (number, None)
    assert review("a/b", Rating.HARD) != first
    assert first == review(
        "a/b",
        Rating.HARD,
        kind=Kind.NUMERIC,
        correct=False,
        answer="√(7/8)\n约 0.935",
        seconds=2.5,
        id=number,
    )


def test_an_appended_review_is_on_the_disk_at_once(path: Path) -> None:
    """Another reader sees it while the log is still open."""
    with open_store(path) as log:
        log.append(review("a/b"))
        assert [each.question for each in read_reviews(path)] == ["a/b"]


def test_undoing_hides_a_review_and_keeps_its_row(path: Path) -> None:
    """An undone answer does not count, and is not destroyed either."""
    with open_store(path) as log:
        log.append(review("a/b"))
        log.undo(log.append(review("a/c")), datetime(2026, 11, 23, tzinfo=UTC))
    assert [each.question for each in read_reviews(path)] == ["a/b"]
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT question, undone IS NULL FROM reviews ORDER BY id").fetchall()
    connection.close()
    assert rows == [("a/b", 1), ("a/c", 0)]


def test_reading_creates_nothing(path: Path) -> None:
    """Looking at progress that is not there yet leaves no file and no folder behind."""
    assert read_reviews(path) == []
    assert not path.parent.exists()


def test_every_commit_waits_for_the_disk(path: Path) -> None:
    """WAL alone may lose the last commits when the power fails."""
    with open_store(path) as log:
        pragma = log._connection.execute
        assert pragma("PRAGMA journal_mode").fetchone() == ("wal",)
        assert pragma("PRAGMA synchronous").fetchone() == (2,)


def _append_many(path: Path, name: str, number: int) -> None:
    for _ in range(number):
        with open_store(path) as log:
            log.append(review(name))


def test_quizzes_at_once_lose_nothing(path: Path) -> None:
    """Four processes that create and fill one log leave every review in it."""
    context = multiprocessing.get_context("spawn")
    names = ["a/a", "a/b", "a/c", "a/d"]
    workers = [context.Process(target=_append_many, args=(path, name, 15)) for name in names]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0, 0]
    found = [each.question for each in read_reviews(path)]
    assert {name: found.count(name) for name in names} == dict.fromkeys(names, 15)


def test_a_log_in_use_is_waited_for_then_reported(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program's lock ends in one line that says so."""
    with open_store(path) as log:
        log.append(review("a/b"))
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(store, "BUSY_SECONDS", 0.05)
    with pytest.raises(InterviewError, match="another program"):
        open_store(path)
    holder.close()
    assert len(read_reviews(path)) == 1


def test_a_full_disk_keeps_what_was_there(path: Path) -> None:
    """What did not fit is reported as unsaved; the rest stays, and a retry may succeed."""
    with open_store(path) as log:
        log.append(review("a/b"))
        pages = log._connection.execute("PRAGMA page_count").fetchone()[0]
        log._connection.execute(f"PRAGMA max_page_count = {pages}")
        long = review("a/c", answer="x" * 100_000)
        with pytest.raises(InterviewError, match="disk is full"):
            log.append(long)
        assert [each.question for each in log.reviews()] == ["a/b"]
        log._connection.execute("PRAGMA max_page_count = 100000")
        log.append(long)
    assert len(read_reviews(path)) == 2


@pytest.mark.parametrize(
    "content", [b"not a database, long enough to be read as one" * 30, b"\0" * 9000]
)
def test_a_damaged_file_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    """One line says what to do, for writing and for reading, and no byte changes."""
    path.parent.mkdir()
    path.write_bytes(content)
    for use in (open_store, read_reviews):
        with pytest.raises(InterviewError, match="damaged") as caught:
            use(path)
        assert caught.value.where == str(path)
    assert path.read_bytes() == content


def test_a_page_gone_bad_is_reported(path: Path) -> None:
    """Damage in the middle of a log that opens well is found when it is read."""
    with open_store(path) as log:
        for number in range(300):
            log.append(review(f"a/{number}", answer="x" * 200))
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    with pytest.raises(InterviewError, match="damaged"):
        read_reviews(path)


def test_somebody_else_s_database_is_refused(path: Path) -> None:
    """A file of another program is not taken over."""
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE notes (text)")
    connection.close()
    with pytest.raises(InterviewError, match="not one of interview's"):
        open_store(path)


def test_a_newer_log_is_refused_and_left_alone(path: Path) -> None:
    """An older program does not write into a format that it does not know."""
    with open_store(path) as log:
        log.append(review("a/b"))
        log._connection.execute("PRAGMA user_version = 99")
    for use in (open_store, read_reviews):
        with pytest.raises(InterviewError, match="newer version"):
            use(path)


def test_an_older_log_is_migrated(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step added to the end of the list is run on files that lack it, and keeps their rows."""
    with open_store(path) as log:
        log.append(review("a/b"))
    step = "ALTER TABLE reviews ADD COLUMN mood TEXT"
    monkeypatch.setattr(store, "MIGRATIONS", (*store.MIGRATIONS, step))
    with open_store(path) as log:
        columns = [row[1] for row in log._connection.execute("PRAGMA table_info(reviews)")]
        assert "mood" in columns
        assert [each.question for each in log.reviews()] == ["a/b"]


def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(InterviewError) as caught:
        open_store(tmp_path / "data" / "progress.sqlite3")
    assert caught.value.hint is not None
    assert "INTERVIEW_DATA_DIR" in caught.value.hint.en


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_read_only_folder_can_be_read_and_not_written(path: Path) -> None:
    """Progress is shown from a folder that allows no writing, and a quiz there is refused."""
    with open_store(path) as log:
        log.append(review("a/b"))
    path.parent.chmod(0o555)
    path.chmod(0o444)
    try:
        assert len(read_reviews(path)) == 1
        with pytest.raises(InterviewError, match="cannot"):
            open_store(path)
    finally:
        path.parent.chmod(0o755)
