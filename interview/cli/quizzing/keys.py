"""What the candidate's keys mean: commands, ratings, numbers. Full-width input counts as typed."""

import re
import unicodedata
from enum import Enum, auto

from interview.review.model import Rating


class Command(Enum):
    """What can be asked for at any prompt."""

    SKIP = auto()
    BACK = auto()
    LANGUAGE = auto()
    FOLLOW_UPS = auto()
    ANSWER = auto()
    HELP = auto()
    QUIT = auto()


class UnknownCommandError(Exception):
    """A line that begins like a command and is none."""


_NAMES: dict[Command, tuple[str, ...]] = {
    Command.SKIP: ("s", "skip", "跳过"),
    Command.BACK: ("b", "back", "undo", "返回", "撤销"),
    Command.LANGUAGE: ("l", "lang", "language", "语言"),
    Command.FOLLOW_UPS: ("f", "follow", "follow-ups", "追问"),
    Command.ANSWER: ("a", "answer", "答案"),
    Command.HELP: ("h", "?", "help", "帮助"),
    Command.QUIT: ("q", "quit", "exit", "退出"),
}
_COMMANDS = {name: command for command, names in _NAMES.items() for name in names}

_RATINGS: dict[str, Rating] = {
    **dict.fromkeys(("1", "a", "again", "重来"), Rating.AGAIN),
    **dict.fromkeys(("2", "h", "hard", "困难"), Rating.HARD),
    **dict.fromkeys(("3", "g", "good", "良好"), Rating.GOOD),
    **dict.fromkeys(("4", "e", "easy", "简单"), Rating.EASY),
}


def normal_key(line: str) -> str:
    """Return a line as its keys were meant: half-width, lower case, no blanks around."""
    return unicodedata.normalize("NFKC", line).strip().casefold()


def read_command(line: str) -> Command | None:
    """Return the command that a line is; None where it is an answer.

    Raises:
        UnknownCommandError: where it is `:` and one word that is no command.
    """
    key = normal_key(line)
    if not key.startswith(":"):
        return None
    word = key[1:].strip()
    if word in _COMMANDS:
        return _COMMANDS[word]
    if re.fullmatch(r"\S{0,12}", word):
        raise UnknownCommandError(word)
    return None


def read_rating(line: str) -> Rating | None:
    """Return the rating that a line is; None where it is none."""
    return _RATINGS.get(normal_key(line))


def read_numbers(line: str, most: int) -> frozenset[int] | None:
    """Return the numbers from 1 to `most` (below 10) in a line; None where it holds aught else."""
    digits = re.sub(r"[\s,、;.和]", "", normal_key(line))
    if not re.fullmatch(r"[1-9]*", digits) or any(int(digit) > most for digit in digits):
        return None
    return frozenset(map(int, digits))
