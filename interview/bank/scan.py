"""Which files of a bank are questions, and which have no business there."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from interview.bank.faults import START, Fault, Findings
from interview.language import Bilingual

QUESTION_FILE = "question.yaml"
SCHEMA_FILE = "schema.json"

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MODIFIED_BY_TOOLS = frozenset({"__pycache__"})


@dataclass(frozen=True, slots=True)
class Found:
    """A question file: its id, its path, and what tells whether it changed."""

    id: str
    path: Path
    modified: int  # nanoseconds
    size: int  # bytes

    @property
    def is_folder(self) -> bool:
        """Whether the question has a folder of its own."""
        return self.path.name == QUESTION_FILE


@dataclass(frozen=True, slots=True)
class Scan:
    """The question files of a bank in the order of their ids, and the faults met on the way.

    `lost` are the faults that keep a question from being found.
    """

    found: tuple[Found, ...]
    faults: tuple[Fault, ...]
    lost: tuple[Fault, ...]


def scan_bank(root: Path) -> Scan:
    """Return what lies under `root/questions`."""
    walker = _Walker()
    walker.folder(root / "questions", (), frozenset())
    return Scan(
        tuple(sorted(walker.found, key=lambda one: one.id)), tuple(walker.faults), tuple(walker.lost)
    )


class _Walker:
    def __init__(self) -> None:
        self.found: list[Found] = []
        self.faults: list[Fault] = []
        self.lost: list[Fault] = []
        self._ids: dict[str, Path] = {}

    def folder(self, folder: Path, topic: tuple[str, ...], above: frozenset[str]) -> None:
        """Note the questions in one folder and those below; `above` are the real folders above."""
        real = os.path.realpath(folder)
        if real in above:
            self._symlink_loop(folder)
            return
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            self._unreadable(folder, error)
            return
        own = QUESTION_FILE in {entry.name for entry in entries} and bool(topic)
        for entry in entries:
            if not ignored(entry.name):
                self._entry(entry, topic, above | {real}, own=own)
