"""Where the candidate stands, from the log alone."""

from datetime import timedelta
from pathlib import Path

from interview.review.model import Rating
from interview.review.progress import Progress, load_progress, progress
from interview.review.store import open_store
from tests.review.questions import DAY, review


def test_progress_is_the_last_rating_and_what_is_due() -> None:
    """Later reviews replace earlier ones; a pass today is not due today."""
    log = [
        review("a/b", Rating.AGAIN, DAY - timedelta(days=9)),
        review("a/b", Rating.EASY, DAY),
        review("a/c", Rating.HARD, DAY - timedelta(days=9)),
    ]
    found = progress(log, DAY)
    assert found.last == {"a/b": Rating.EASY, "a/c": Rating.HARD}
    assert found.due == {"a/c"}
    assert found.answered == {"a/b", "a/c"}


def test_progress_is_read_from_the_file(tmp_path: Path) -> None:
    """The log is enough; without one there is no progress, and none is created."""
    path = tmp_path / "progress.sqlite3"
    assert load_progress(path, DAY) == Progress()
    assert not path.exists()
    with open_store(path) as log:
        log.append(review("a/b", Rating.HARD))
    assert load_progress(path, DAY) == Progress({"a/b": Rating.HARD})
    assert load_progress(path, DAY + timedelta(days=1)).due == {"a/b"}
