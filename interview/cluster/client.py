"""Sending submissions to the queue, and collecting their results as workers finish them."""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from interview.bank.model import Bank
from interview.cluster.database import Address, connect, explained
from interview.cluster.jobs import defer, lock_of
from interview.grading.batch import Task
from interview.grading.results import ResultKey, key_of
from interview.language import Bilingual

if TYPE_CHECKING:
    from psycopg import Cursor

_POLL_SECONDS = 0.3
_QUIET_SECONDS = 10.0
# What goes into one transaction.
_MOST_TASKS, _MOST_CHARACTERS = 200, 8 << 20
_KEYS = (
    "(r.submission, r.exercise, r.bank, r.grader) = (w.submission, w.exercise, w.bank, w.grader)"
)
_WANTED = """
CREATE TEMPORARY TABLE wanted (
    lock       text PRIMARY KEY,
    submission text NOT NULL,
    exercise   text NOT NULL,
    bank       text NOT NULL,
    grader     text NOT NULL
)
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of the files of one key: their report as data, or the grader's trouble."""

    paths: tuple[Path, ...]
    report: dict[str, Any] | None
    trouble: Bilingual | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """How many submissions were queued, waited there already, or have their result."""

    queued: int = 0
    waiting: int = 0
    graded: int = 0

    def __add__(self, other: "Sent") -> "Sent":
        return Sent(
            self.queued + other.queued, self.waiting + other.waiting, self.graded + other.graded
        )


class Client:
    """One who hands in submissions and wants their results. Use it as a context manager."""

    def __init__(self, address: Address) -> None:
        """Connect to the database.

        Raises:
            DatabaseError: where that fails.
        """
        from procrastinate import App, SyncPsycopgConnector

        self._address = address
        self._app = App(connector=SyncPsycopgConnector())  # works over our own connection
        self._files: dict[str, list[Path]] = {}
        self._connection = connect(address)
        with explained(address):
            self._connection.execute(_WANTED)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    @property
    def outstanding(self) -> int:
        """How many different submissions have no answer yet."""
        return len(self._files)

    def send(self, tasks: Iterable[Task], bank: Bank, *, fresh: bool = False) -> Sent:
        """Queue what has no result and is not queued yet; `fresh` drops the results there are.

        `tasks` is read in batches, so memory does not grow with their number.

        Raises:
            DatabaseError: where the database fails; what was queued before stays queued.
        """
        sent = Sent()
        with explained(self._address):
            for batch in _batches(tasks):
                new = self._note(batch, bank)
                with self._connection.transaction(), self._connection.cursor() as cursor:
                    sent += self._send(cursor, new, fresh=fresh)
        return sent

    def answers(self, when_nobody_works: Callable[[], None]) -> Iterator[Answer]:
        """Yield each answer as it comes, until there is one for every submission sent.

        `when_nobody_works` is called once, where for ten seconds no result came and no worker
        had one of the submissions in hand.

        Raises:
            DatabaseError: where the database fails; the jobs stay queued.
        """
        last, told = time.monotonic(), False
        while self._files:
            answers = self._collect()
            if answers:
                yield from answers
                last = time.monotonic()
                continue
            if not told and time.monotonic() - last > _QUIET_SECONDS:
                last = time.monotonic()
                told = not self._in_hand()
                if told:
                    when_nobody_works()
            time.sleep(_POLL_SECONDS)

    def _note(self, batch: Iterable[Task], bank: Bank) -> dict[str, tuple[ResultKey, str]]:
        """Remember which files each key stands for; return the keys not met before."""
        new = {}
        for task in batch:
            source = task.submission.source
            key = key_of(source, task.question, bank)
            lock = lock_of(key)
            if lock not in self._files:
                new[lock] = (key, source)
            self._files.setdefault(lock, []).append(task.submission.path)
        return new

    def _send(
        self, cursor: "Cursor[Any]", new: dict[str, tuple[ResultKey, str]], *, fresh: bool
    ) -> Sent:
        cursor.executemany(
            "INSERT INTO wanted VALUES (%s, %s, %s, %s, %s)",
            [
                (lock, key.submission, key.exercise, key.bank, key.grader)
                for lock, (key, _) in new.items()
            ],
        )
        locks = list(new)
        for table in ("results", "troubles") if fresh else ("troubles",):
            query = f"DELETE FROM {table} r USING wanted w WHERE {_KEYS} AND w.lock = ANY(%s)"  # noqa: S608 - constants
            cursor.execute(query, (locks,))
        query = f"SELECT w.lock FROM wanted w JOIN results r ON {_KEYS} WHERE w.lock = ANY(%s)"  # noqa: S608 - constants
        graded = {str(row[0]) for row in cursor.execute(query, (locks,))}
        missing = [lock for lock in locks if lock not in graded]
        busy = self._unfinished(cursor, missing)
        queued = sum(
            defer(self._app, self._connection, *new[lock]) for lock in missing if lock not in busy
        )
        return Sent(queued, len(missing) - queued, len(graded))

    def _unfinished(self, cursor: "Cursor[Any]", locks: list[str]) -> set[str]:
        query = (
            "SELECT queueing_lock FROM procrastinate_jobs"
            " WHERE queueing_lock = ANY(%s) AND status IN ('todo', 'doing')"
        )
        return {str(row[0]) for row in cursor.execute(query, (locks,))}

    def _collect(self) -> list[Answer]:
        """Return the answers that came since the last time."""
        taken = "DELETE FROM wanted w USING {} r WHERE {} RETURNING w.lock, r.{}"
        with explained(self._address):
            reports = self._connection.execute(taken.format("results", _KEYS, "report"))
            answers = [
                Answer(self._pop(lock), json.loads(report)) for lock, report in reports.fetchall()
            ]
            troubles = self._connection.execute(taken.format("troubles", _KEYS, "message"))
            answers += [
                Answer(self._pop(lock), None, Bilingual(**json.loads(message)))
                for lock, message in troubles.fetchall()
            ]
        return answers

    def _pop(self, lock: str) -> tuple[Path, ...]:
        return tuple(self._files.pop(lock))

    def _in_hand(self) -> bool:
        """Return whether a worker is grading one of the submissions that are waited for."""
        with explained(self._address):
            found = self._connection.execute(
                "SELECT 1 FROM procrastinate_jobs j JOIN wanted w ON w.lock = j.queueing_lock"
                " WHERE j.status = 'doing' LIMIT 1"
            )
            return found.fetchone() is not None


def _batches(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    """Yield the tasks in lists that are bounded in number and in characters of source."""
    batch: list[Task] = []
    size = 0
    for task in tasks:
        batch.append(task)
        size += len(task.submission.source)
        if len(batch) >= _MOST_TASKS or size >= _MOST_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
