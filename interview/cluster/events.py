"""What a worker tells of its work, for whoever shows it."""

from dataclasses import dataclass
from typing import Any

from interview.cluster.database import DatabaseError
from interview.grading.results import ResultKey
from interview.language import Bilingual


@dataclass(frozen=True, slots=True)
class Ready:
    """The worker takes jobs from now on, of so many exercises."""

    exercises: int


@dataclass(frozen=True, slots=True)
class Finished:
    """A job is done: its report as data, or the grader's trouble with it."""

    key: ResultKey
    report: dict[str, Any] | None
    trouble: Bilingual | None = None


@dataclass(frozen=True, slots=True)
class ForOthers:
    """So many jobs are for another bank or grader than this worker's, and are left for them."""

    count: int


@dataclass(frozen=True, slots=True)
class Retaken:
    """Jobs were put back that a lost worker had in hand."""

    count: int


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The database went away; the worker tries again until it is back."""

    error: DatabaseError


@dataclass(frozen=True, slots=True)
class Stopping:
    """The worker was asked to stop; it finishes what it has in hand."""


Event = Ready | Finished | ForOthers | Retaken | Disconnected | Stopping
