"""Faults as data: what is wrong in a bank, where, and what to do about it."""

from dataclasses import dataclass
from pathlib import Path

from interview.language import Bilingual

# A file with only these faults falls short of the standard, but can be read and asked.
TOLERABLE = frozenset(
    {
        "answer-length",
        "carriage-return",
        "count",
        "dangling-id",
        "demo",
        "drift",
        "duplicate-item",
        "duplicate-title",
        "exercise-files",
        "folded-chinese",
        "half-width-punctuation",
        "incomplete",
        "missing-space",
        "one-line",
        "pattern",
        "required-follow-up",
        "requires-cycle",
        "self-reference",
        "slug",
        "solution",
        "stray-file",
        "suite",
        "swallowed-comment",
        "term",
        "unclosed",
        "unknown-term",
        "unsourced-figure",
        "wrong-language",
    }
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file; line and column count characters from 1."""

    line: int
    column: int


START = Mark(1, 1)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in one file. `rule` names the kind of fault for filters."""

    path: Path
    line: int
    column: int
    message: Bilingual
    hint: Bilingual | None
    rule: str

    @property
    def usable(self) -> bool:
        """Whether the question can be asked in spite of this fault."""
        return self.rule in TOLERABLE


class Findings:
    """The faults of one file, as they are found."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.faults: list[Fault] = []

    def add(
        self, rule: str, mark: Mark, *, zh: str, en: str, hint: Bilingual | None = None
    ) -> None:
        """Note that `zh`/`en` is wrong at `mark`."""
        message = Bilingual(zh=zh, en=en)
        self.faults.append(Fault(self.path, mark.line, mark.column, message, hint, rule))

    @property
    def usable(self) -> bool:
        """Whether the file can be read and asked in spite of its faults."""
        return all(fault.usable for fault in self.faults)


def in_order(faults: list[Fault]) -> list[Fault]:
    """Return each fault once, sorted by path, line and column."""
    return sorted(
        set(faults), key=lambda one: (one.path, one.line, one.column, one.rule, one.message.en)
    )
