"""What can go wrong, as data: a message in both languages, a hint, and the exit code.

InterviewError          anything a user may see as one clear line
├── UsageError          exit 2: bad arguments or unreadable input
└── GraderError         exit 3: the grader itself failed
"""

from enum import IntEnum
from typing import ClassVar

from interview.language import Bilingual


class ExitCode(IntEnum):
    """The exit codes of every command."""

    PASSED = 0
    FAILED = 1
    USAGE = 2
    GRADER = 3
    INTERRUPTED = 130


class InterviewError(Exception):
    """An error with a line for the user: what is wrong, where, and what to do.

    `where` is a `file`, `file:line` or `file:line:column`; `hint` says what to do next.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.USAGE

    def __init__(
        self, *, zh: str, en: str, where: str | None = None, hint: Bilingual | None = None
    ) -> None:
        super().__init__(en)
        self.message = Bilingual(zh=zh, en=en)
        self.where = where
        self.hint = hint


class UsageError(InterviewError):
    """The arguments or an input file cannot be used."""


class GraderError(InterviewError):
    """The grader itself failed; the submission is not to blame."""

    exit_code = ExitCode.GRADER
