"""The results of many submissions, each committed by itself, so that a killed run goes on.

A result is kept under what it depends on: the submission's text, the exercise, the exercise's own
files, and the grader's code. Where none of them has changed, nothing is graded again.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from interview import __version__
from interview.bank.model import Bank, Question
from interview.closing import Closing
from interview.errors import UsageError
from interview.language import Bilingual

_SCHEMA = """
CREATE TABLE IF NOT EXISTS results (
    submission TEXT NOT NULL,
    exercise   TEXT NOT NULL,
    bank       TEXT NOT NULL,
    grader     TEXT NOT NULL,
    report     TEXT NOT NULL,
    PRIMARY KEY (submission, exercise, bank, grader)
) WITHOUT ROWID
"""


@dataclass(frozen=True, slots=True)
class ResultKey:
    """What a result depends on, each as a hash but the exercise's id."""

    submission: str
    exercise: str
    bank: str
    grader: str


def key_of(source: str, question: Question, bank: Bank) -> ResultKey:
    """Return the key of grading `source` as a submission of the exercise `question`."""
    return ResultKey(
        submission=hashlib.sha256(source.encode()).hexdigest(),
        exercise=question.id,
        bank=_exercise_version(question.folder, bank.solution(question)),
        grader=_grader_version(),
    )


def is_current(key: ResultKey, question: Question, bank: Bank) -> bool:
    """Return whether the exercise's files and the grader's are still those that `key` names.

    A process that lives long may have loaded what has changed on the disk since.
    """
    try:
        exercise = _hash_of(_exercise_files(question.folder, bank.solution(question)))
        return (key.bank, key.grader) == (exercise, _grader_version.__wrapped__())
    except OSError:
        return False


class ResultStore(Closing):
    """An open file of results. Use it as a context manager."""

    def __init__(self, path: Path) -> None:
        """Open the file, or create it.

        Raises:
            UsageError: where it is no such file, or cannot be written.
        """
        self._path = path
        with _explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, timeout=10.0, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute(_SCHEMA)

    def close(self) -> None:
        """Close what this holds."""
        self._connection.close()

    def find(self, key: ResultKey) -> dict[str, Any] | None:
        """Return the report kept under `key`, as data; None where there is none."""
        with _explained(self._path):
            row = self._connection.execute(
                "SELECT report FROM results"
                " WHERE submission = ? AND exercise = ? AND bank = ? AND grader = ?",
                (key.submission, key.exercise, key.bank, key.grader),
            ).fetchone()
        found: dict[str, Any] | None = json.loads(row[0]) if row else None
        return found

    def add(self, key: ResultKey, report: dict[str, Any]) -> None:
        """Keep a report; it is on the disk when this returns, in the place of an older one."""
        with _explained(self._path):
            self._connection.execute(
                "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?)",
                (key.submission, key.exercise, key.bank, key.grader, json.dumps(report)),
            )


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise UsageError(
            zh=f"结果文件不能用：{error}",
            en=f"the results file cannot be used: {error}",
            where=str(path),
            hint=Bilingual(zh="用 --store 换一个文件", en="name another with --store"),
        ) from error


@cache
def _exercise_version(folder: Path, solution: Path) -> str:
    return _hash_of(_exercise_files(folder, solution))


@cache
def _grader_version() -> str:
    return _hash_of(_grader_files()) + f" torch {metadata.version('torch')}"


def _exercise_files(folder: Path, solution: Path) -> list[Path]:
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".py", ".yaml"})
    return [*files, solution]


def _grader_files() -> list[Path]:
    return sorted(Path(__file__).parent.glob("*.py"))


def _hash_of(files: list[Path]) -> str:
    digest = hashlib.sha256(__version__.encode())
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
