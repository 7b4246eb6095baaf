"""The log of reviews: one SQLite file that only ever grows.

A review is on the disk before `append` returns, whatever happens to the process or the machine
after it. Undoing marks a row and deletes nothing. Everything else that is known of progress is
computed from these rows (`schedule.replay`).
"""

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from interview.bank.model import Kind
from interview.closing import Closing
from interview.errors import InterviewError
from interview.language import Bilingual
from interview.review.model import Rating, Review

BUSY_SECONDS = 10.0

# MIGRATIONS[n] takes a file from version n to n + 1; a new file passes through all of them.
MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE reviews (
        id       INTEGER PRIMARY KEY AUTOINCREMENT,
        question TEXT    NOT NULL,
        at       TEXT    NOT NULL,
        day      TEXT    NOT NULL,
        kind     TEXT    NOT NULL,
        rating   INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 4),
        correct  INTEGER CHECK (correct IN (0, 1)),
        answer   TEXT    NOT NULL,
        seconds  REAL    NOT NULL,
        undone   TEXT
    )
    """,
)
_COLUMNS = "id, question, at, day, kind, rating, correct, answer, seconds"


class Store(Closing):
    """An open log. Use it as a context manager, or call `close`."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def append(self, review: Review) -> int:
        """Write one review through to the disk; return its id.

        Raises:
            InterviewError: where it could not be written; nothing of it was.
        """
        row = (
            review.question,
            review.at.astimezone(UTC).isoformat(),
            review.day.isoformat(),
            review.kind.value,
            int(review.rating),
            None if review.correct is None else int(review.correct),
            review.answer,
            review.seconds,
        )
        with _explained(self._path), _transaction(self._connection):
            cursor = self._connection.execute(
                "INSERT INTO reviews (question, at, day, kind, rating, correct, answer, seconds)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
        return int(cursor.lastrowid or 0)

    def undo(self, review_id: int, at: datetime) -> None:
        """Mark a review as undone at that moment; it stays in the file.

        Raises:
            InterviewError: where the mark could not be written.
        """
        with _explained(self._path), _transaction(self._connection):
            self._connection.execute(
                "UPDATE reviews SET undone = ? WHERE id = ? AND undone IS NULL",
                (at.astimezone(UTC).isoformat(), review_id),
            )

    def reviews(self) -> list[Review]:
        """Return the reviews that count, oldest first.

        Raises:
            InterviewError: where the file cannot be read.
        """
        with _explained(self._path):
            return _reviews(self._connection)

    def close(self) -> None:
        """Close the file; what was appended is already on the disk."""
        self._connection.close()


def open_store(path: Path) -> Store:
    """Open the log for writing, creating it where there is none.

    Raises:
        InterviewError: where it is no log, was written by a newer version, or cannot be written.
    """
    with _explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
    return Store(connection, path)


def read_reviews(path: Path) -> list[Review]:
    """Return the reviews that count, oldest first, without creating or changing the file.

    Raises:
        InterviewError: where the file is no log, or was written by a newer version.
    """
    with _explained(path):
        if not path.exists():
            return []
    with _explained(path), closing(_connect_to_read(path)) as connection:
        return _reviews(connection) if _known_version(connection, path) else []


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the file to the newest version; fail now, not after an answer, if it is read-only."""
    _known_version(connection, path)
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous = FULL")
    with _transaction(connection):
        # Another quiz may have migrated it while this one waited for the lock.
        for step in MIGRATIONS[_known_version(connection, path) :]:
            connection.execute(step)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to WAL. SQLite does not wait for another process that is switching: wait here."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if _code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _connect_to_read(path: Path) -> sqlite3.Connection:
    """Open without writing, even where the folder allows no file beside this one."""
    address = path.resolve().as_uri()
    connection = sqlite3.connect(f"{address}?mode=ro", uri=True, timeout=BUSY_SECONDS)
    try:
        _version_and_tables(connection)
    except sqlite3.OperationalError as error:
        connection.close()
        unwritable = _code(error) in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
        if not unwritable or path.with_name(path.name + "-wal").exists():
            raise
        # Nobody is writing, so the file alone is the whole log.
        return sqlite3.connect(f"{address}?mode=ro&immutable=1", uri=True)
    return connection


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Take the write lock at once, so that waiting for it happens here and nowhere else."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk rolls back by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version_and_tables(connection: sqlite3.Connection) -> tuple[int, int]:
    """Read both in one statement: between two, another process may create the tables."""
    row = connection.execute(
        "SELECT user_version, (SELECT count(*) FROM sqlite_master) FROM pragma_user_version"
    ).fetchone()
    return int(row[0]), int(row[1])


def _known_version(connection: sqlite3.Connection, path: Path) -> int:
    """Return the file's version, 0 where it is empty; refuse what this program does not know."""
    version, tables = _version_and_tables(connection)
    if version > len(MIGRATIONS):
        raise InterviewError(
            zh=f"学习记录来自更新的版本（格式 {version}，本程序只认到 {len(MIGRATIONS)}）",
            en=(
                f"progress was written by a newer version"
                f" (format {version}; this program knows up to {len(MIGRATIONS)})"
            ),
            where=str(path),
            hint=Bilingual(
                zh="升级 interview；记录原样未动", en="upgrade interview; nothing was changed"
            ),
        )
    if version == 0 and tables:
        raise _not_a_log(path)
    return version


def _reviews(connection: sqlite3.Connection) -> list[Review]:
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM reviews WHERE undone IS NULL ORDER BY at, id"  # noqa: S608
    )
    return [
        Review(
            id=row[0],
            question=row[1],
            at=datetime.fromisoformat(row[2]),
            day=date.fromisoformat(row[3]),
            kind=Kind(row[4]),
            rating=Rating(row[5]),
            correct=None if row[6] is None else bool(row[6]),
            answer=row[7],
            seconds=row[8],
        )
        for row in rows
    ]


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what SQLite and the system say into one line that says what to do."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise _operational(error, path) from error
    except (sqlite3.DatabaseError, ValueError) as error:
        raise _not_a_log(path) from error
    except OSError as error:
        raise InterviewError(
            zh=f"无法读写学习记录（{error.strerror or error}）",
            en=f"cannot read or write progress ({error.strerror or error})",
            where=str(path),
            hint=_ELSEWHERE,
        ) from error


_ELSEWHERE = Bilingual(
    zh="检查文件夹的权限，或用环境变量 INTERVIEW_DATA_DIR 换一个文件夹",
    en="check the folder's permissions, or name another folder in INTERVIEW_DATA_DIR",
)


def _not_a_log(path: Path) -> InterviewError:
    return InterviewError(
        zh="学习记录文件损坏，或不是 interview 的记录",
        en="the progress file is damaged, or is not one of interview's",
        where=str(path),
        hint=Bilingual(
            zh=f"文件原样未动；改名（{path.name}.bad）留底后可重新开始，"
            f"或用 sqlite3 {path.name} .recover 抢救",
            en=f"it was left as it is; rename it ({path.name}.bad) to start afresh,"
            f" or rescue it with: sqlite3 {path.name} .recover",
        ),
    )


def _code(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code, 0 where the error is not its own."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _no_space(path: Path) -> bool:
    """Say whether an I/O error comes from a full disk: WAL's shared memory needs 32 KiB."""
    return shutil.disk_usage(path.parent).free < 64 * 1024


def _operational(error: sqlite3.OperationalError, path: Path) -> InterviewError:
    primary = _code(error)
    if primary == sqlite3.SQLITE_FULL or (primary == sqlite3.SQLITE_IOERR and _no_space(path)):
        return InterviewError(
            zh="磁盘已满，学习记录写不进去；已经存下的都在",
            en="the disk is full: progress cannot be written; what was saved is safe",
            where=str(path),
            hint=Bilingual(zh="腾出空间后再试", en="free some space and try again"),
        )
    if primary in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return InterviewError(
            zh=f"学习记录被另一个程序占用超过 {BUSY_SECONDS:g} 秒",
            en=f"another program has held the progress file for over {BUSY_SECONDS:g} s",
            where=str(path),
            hint=Bilingual(zh="关掉它后再试", en="close it and try again"),
        )
    return InterviewError(
        zh=f"无法读写学习记录（{error}）",
        en=f"cannot read or write progress ({error})",
        where=str(path),
        hint=_ELSEWHERE,
    )
