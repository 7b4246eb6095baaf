"""What the client asks of the judge and what the judge answers: plain data, as JSON lines."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from interview.bank.model import Question
from interview.language import Bilingual

Words = str | Bilingual  # numbers and code read the same in both languages


class Outcome(StrEnum):
    """How far a submission came."""

    JUDGED = "judged"
    SYNTAX_ERROR = "syntax_error"
    MISSING_ENTRY = "missing_entry"
    IMPORT_ERROR = "import_error"
    WRONG_SIGNATURE = "wrong_signature"
    TIMED_OUT = "timed_out"
    ENDED = "ended"
    PROTOCOL = "protocol"


class Status(StrEnum):
    """What became of one check."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True, slots=True)
class Job:
    """One submission to judge: the source, and where the suite and its controls lie."""

    source: str
    filename: str
    signatures: tuple[str, ...]
    forbids: tuple[str, ...]
    suite: str
    wrong: str
    solution: str
    time_limit: float
    checks: tuple[tuple[str, tuple[str, ...]], ...]
    order: tuple[str, ...]
    misconceptions: tuple[str, ...]
    seed: int
    uses_meta: bool = False

    def to_json(self) -> str:
        """Return the job as one line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> "Job":
        """Read a job that `to_json` wrote."""
        data = json.loads(line)
        checks = tuple((name, tuple(needed)) for name, needed in data.pop("checks"))
        tuples: dict[str, Any] = {
            name: tuple(data.pop(name))
            for name in ("signatures", "forbids", "order", "misconceptions")
        }
        return cls(checks=checks, **tuples, **data)

    @property
    def requires(self) -> dict[str, tuple[str, ...]]:
        """Which checks must have passed before each is judged."""
        return dict(self.checks)


@dataclass(frozen=True, slots=True)
class Raise:
    """An exception of the submission: its type, its text, the line it came from."""

    type: str
    message: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a check failed: a message, and the smallest input with expected and actual values.

    `what` names what was compared; with `itself` the submission was compared with its own answer
    to another call.
    """

    message: str
    given: Words | None = None
    expected: Words | None = None
    actual: Words | None = None
    what: Words | None = None
    itself: bool = False
    raised: Raise | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one check, and why."""

    id: str
    status: Status
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge says of a job: ids and facts, no words for the candidate yet.

    `signature` is the first of the contract's that the submission does not take, and `parameters`
    what it has instead.
    """

    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    misconceptions: tuple[str, ...] = ()
    failure: Failure | None = None
    signature: str = ""
    parameters: tuple[str, ...] = ()
    output: str = ""
    ending: str = ""
    protections: tuple[str, ...] = ()
    seconds: float = 0.0
    trouble: str | None = None

    def to_json(self) -> str:
        """Return the verdict as one line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> "Verdict":
        """Read a verdict that `to_json` wrote."""
        data = json.loads(line)
        data["outcome"] = Outcome(data["outcome"])
        data["findings"] = tuple(
            Finding(one["id"], Status(one["status"]), _failure(one["failure"]))
            for one in data["findings"]
        )
        data["failure"] = _failure(data["failure"])
        for name in ("misconceptions", "parameters", "protections"):
            data[name] = tuple(data[name])
        return cls(**data)


def _failure(data: dict[str, Any] | None) -> Failure | None:
    if data is None:
        return None
    raised = data.pop("raised")
    for name in ("given", "expected", "actual", "what"):
        data[name] = _words(data[name])
    return Failure(**data, raised=Raise(**raised) if raised else None)


def _words(data: str | dict[str, str] | None) -> Words | None:
    return Bilingual(**data) if isinstance(data, dict) else data


def job_for(question: Question, *, source: str, filename: str, solution: Path, seed: int) -> Job:
    """Return the job of judging `source` as a submission of `question`, an exercise.

    Raises:
        ValueError: where the question is no exercise.
    """
    exercise = question.exercise
    if exercise is None:
        raise ValueError(question.id)
    suite = question.folder / "suite.py"
    tiers = ("core", "robust", "advisory")
    by_weight = sorted(exercise.checks, key=lambda check: tiers.index(check.tier))
    return Job(
        source=source,
        filename=filename,
        signatures=exercise.signatures,
        forbids=exercise.forbids,
        suite=str(suite),
        wrong=str(question.folder / "wrong"),
        solution=str(solution),
        time_limit=exercise.time_limit,
        checks=tuple((check.id, check.requires) for check in exercise.checks),
        order=tuple(check.id for check in by_weight),
        misconceptions=tuple(one.id for one in exercise.misconceptions),
        seed=seed,
        uses_meta='"meta"' in suite.read_text(encoding="utf-8"),
    )
