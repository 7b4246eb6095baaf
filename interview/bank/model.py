"""The bank's words as data. Every text is bilingual; a question's id is its path."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from interview.language import Bilingual

SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
QUESTION_ID = rf"{SLUG}(/{SLUG})+"


class Kind(StrEnum):
    """What a question asks for."""

    RECALL = "recall"
    CHOICE = "choice"
    NUMERIC = "numeric"
    BUG = "bug"
    CODE = "code"


class Difficulty(StrEnum):
    """How far into the hiring process a question belongs."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"

    @property
    def rank(self) -> int:
        """Order from easy (0) to hard (2)."""
        return list(Difficulty).index(self)


class Tier(StrEnum):
    """What a check decides: `core` the pass, `robust` the score, `advisory` neither."""

    CORE = "core"
    ROBUST = "robust"
    ADVISORY = "advisory"


@dataclass(frozen=True, slots=True)
class KeyPoint:
    """A point that a good answer makes.

    Each of `terms` is a spelling that shows the point was made; the parts of a term joined by
    ` + ` must all occur in one clause of the answer.
    """

    text: Bilingual
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a choice question, with why it is right or wrong."""

    text: Bilingual
    correct: bool
    why: Bilingual


@dataclass(frozen=True, slots=True)
class ExpectedNumber:
    """A number, accepted within an absolute tolerance, with its unit where it has one."""

    value: float
    tolerance: float
    unit: Bilingual | None = None


@dataclass(frozen=True, slots=True)
class ExpectedShape:
    """A tensor shape: sizes, or letters such as `B` where the size is symbolic."""

    shape: tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What the interviewer pushes on next: a text of its own, or the id of another question."""

    text: Bilingual | None = None
    question: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One test of a suite: `tests` named `test_<id with underscores>` decide it."""

    id: str
    tier: Tier
    claim: Bilingual
    hint: Bilingual
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Misconception:
    """What one wrong implementation believes: its file is `wrong/<id with underscores>.py`."""

    id: str
    hint: Bilingual


@dataclass(frozen=True, slots=True)
class Exercise:
    """The part of a `code` question that the grader needs.

    `signature` is written as in Python, `LayerNorm(num_features, eps=1e-5, affine=True)`, and
    `also` holds those of whatever else the file must define; `forbids` holds full dotted names;
    `rules` says everything that the suite demands.
    """

    entry: str
    signature: str
    rules: Bilingual
    forbids: tuple[str, ...]
    time_limit: float
    checks: tuple[Check, ...]
    misconceptions: tuple[Misconception, ...]
    also: tuple[str, ...] = ()

    @property
    def signatures(self) -> tuple[str, ...]:
        """Every signature that the contract asks for."""
        return (self.signature, *self.also)

    @property
    def entries(self) -> tuple[str, ...]:
        """Every name that the file must define."""
        return tuple(entry_of(signature) for signature in self.signatures)


def entry_of(signature: str) -> str:
    """Return the name of a signature: `LayerNorm` of `LayerNorm(num_features)`."""
    return signature.partition("(")[0].strip()


@dataclass(frozen=True, slots=True)
class Chart:
    """A curve: what its axes show, the names of several, and the code that prints its points.

    Each line that `code` prints is one point: x, then the value of each curve.
    """

    x: Bilingual
    y: Bilingual
    code: str
    series: tuple[Bilingual, ...] = ()
    log: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the bank. `id` is `<topic>/<slug>`, `path` the file that holds it.

    `output` is what `demo` prints; `ring` tells how far from the seed the question lies.
    """

    id: str
    path: Path
    kind: Kind
    difficulty: Difficulty
    title: Bilingual
    prompt: Bilingual
    answer: Bilingual
    sources: tuple[str, ...]
    key_points: tuple[KeyPoint, ...] = ()
    choices: tuple[Choice, ...] = ()
    expect: ExpectedNumber | ExpectedShape | None = None
    code: str | None = None
    exercise: Exercise | None = None
    follow_ups: tuple[FollowUp, ...] = ()
    tags: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    seed: str | None = None
    demo: str | None = None
    output: str | None = None
    chart: Chart | None = None
    ring: int | None = None

    @property
    def topic(self) -> str:
        """The folder under `questions/` that the question lies in."""
        return self.id.rpartition("/")[0]

    @property
    def slug(self) -> str:
        """The last part of the id."""
        return self.id.rpartition("/")[2]

    @property
    def folder(self) -> Path:
        """The folder of the question's file: an exercise's own folder."""
        return self.path.parent


@dataclass(frozen=True, slots=True)
class Bank:
    """All questions of one bank, in the order of their ids."""

    root: Path
    questions: Mapping[str, Question] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Question]:
        return iter(self.questions.values())

    def __len__(self) -> int:
        return len(self.questions)

    def __getitem__(self, question_id: str) -> Question:
        return self.questions[question_id]

    def __contains__(self, question_id: object) -> bool:
        return question_id in self.questions

    def solution(self, question: Question) -> Path:
        """Return the path of an exercise's model solution."""
        return self.root / "solutions" / f"{question.slug.replace('-', '_')}.py"
