"""A Markdown text taken apart: what is prose, what is code, what is a formula.

What is no prose is hidden behind stand-ins, one for each of its characters, so that an offset
into the masked text is an offset into the text itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Stand-ins, one for each character of what they hide.
CODE, EMPHASIS_MARK, BLOCK = "\ue000", "\ue001", "\n"

FENCE = re.compile(r"^[ >]*(`{3,}|~{3,})[^`\n]*$", re.MULTILINE)
_INSIDE = r"(?:[^\n]|\n(?!\s*\n))+?"  # a span or a formula ends before its paragraph does
SPAN = re.compile(rf"(?<!`)(`+)(?!`)(?P<inside>{_INSIDE})(?<!`)\1(?!`)")
MATHS = re.compile(rf"(?<!\\)(\$\$?)(?!\$)(?P<inside>{_INSIDE})(?<!\\)\1")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text that is no prose: what it holds and where it begins."""

    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class Parts:
    """A text taken apart. `prose` is as long as the text."""

    prose: str
    code: tuple[Piece, ...]
    formulas: tuple[Piece, ...]


def take_apart(text: str) -> Parts:
    """Return the prose of a text, its code (blocks and spans) and its formulas."""
    code = [Piece(text[start:end], start) for start, end in _blocks(text)]
    masked = mask_fences(text)
    code += _pieces(SPAN, masked)
    masked = mask(SPAN, masked, CODE)
    return Parts(mask(MATHS, masked, CODE), tuple(code), tuple(_pieces(MATHS, masked)))


def mask(pattern: re.Pattern[str], text: str, stand_in: str) -> str:
    """Hide whatever a pattern matches."""
    return pattern.sub(lambda match: stand_in * len(match[0]), text)


def mask_fences(text: str) -> str:
    """Hide fenced code; a fence that nothing closes is left as it is."""
    for start, end in _blocks(text):
        text = text[:start] + BLOCK * (end - start) + text[end:]
    return text


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each closed block of code begins and ends, fences included."""
    start, fence = 0, ""
    for match in FENCE.finditer(text):
        line = match[1]
        if not fence:
            start, fence = match.start(), line
        elif line.startswith(fence) and match[0].strip(" >") == line:
            yield start, match.end()
            fence = ""


def _pieces(pattern: re.Pattern[str], text: str) -> list[Piece]:
    return [Piece(match["inside"], match.start()) for match in pattern.finditer(text)]
