"""Line breaking for text that mixes Chinese and Latin script, counted in terminal cells.

Rich breaks lines at spaces only, which leaves Chinese ragged, a comma at a line start, and words
cut in two. Here a line may also break beside a wide character, within these rules: no closing
punctuation at a line start, no opening punctuation at a line end, and no break inside a Latin
word or a span in the style `ATOM` (inline code, inline maths) unless it is longer than the line.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

ATOM = "interview.atom"  # names no style: rich shows it as nothing

_CLOSING = frozenset("，。；：？！、）》」』】〕〉〗｝］”’…—·％,.;:?!)]}%")
_OPENING = frozenset("（《「『【〔〈〖｛［“‘([{")
_DASHES = frozenset("—…")


def wrap(text: Text, width: int) -> list[Text]:
    """Break `text` into lines of at most `width` cells (one character at least a line).

    A space at a break is dropped; everything else is kept, with its styles.
    """
    return [
        line
        for paragraph in text.split("\n", allow_blank=True)
        for line in _wrap_line(paragraph, width)
    ]


@dataclass(frozen=True, slots=True)
class Flow:
    """A paragraph that breaks its lines by the rules of this module."""

    text: Text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in wrap(self.text, options.max_width):
            line.no_wrap, line.overflow = True, "ignore"
            yield line

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        lines = self.text.plain.split("\n")
        widest = max(cell_len(line) for line in lines)
        narrowest = max(
            (cell_len(piece.strip()) for line in lines for piece in _pieces(line, [])), default=0
        )
        return Measurement(narrowest, widest).with_maximum(options.max_width)


def _wrap_line(text: Text, width: int) -> list[Text]:
    plain = text.plain
    atoms = [(span.start, span.end) for span in text.spans if span.style == ATOM]
    bounds = list(_lines(plain, atoms, max(width, 1)))
    if len(bounds) == 1:
        text.rstrip()
        return [text]
    cuts = [cut for start, end in bounds for cut in (start, end)]
    parts = text.divide(cuts)
    return [parts[index] for index in range(1, len(cuts), 2)]


def _lines(plain: str, atoms: list[tuple[int, int]], width: int) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each line, spaces at the breaks left out."""
    start = end = at = 0
    for piece in _fitting(_pieces(plain, atoms), width):
        body = len(piece.rstrip())
        if end > start and cell_len(plain[start : at + body]) > width:
            yield start, end
            start = at
        end, at = at + body, at + len(piece)
    yield start, end


def _fitting(pieces: Iterator[str], width: int) -> Iterator[str]:
    """Cut the pieces that no line can hold: at their spaces, and where that fails anywhere."""
    for piece in pieces:
        if cell_len(piece.rstrip()) <= width:
            yield piece
            continue
        for word in _pieces(piece, []):
            yield from _chunks(word, width) if cell_len(word.rstrip()) > width else [word]


def _chunks(word: str, width: int) -> Iterator[str]:
    """Cut a word into parts of `width` cells, never between a letter and its accent."""
    start = 0
    for end in range(1, len(word)):
        if cell_len(word[start : end + 1].rstrip()) > width and cell_len(word[end]) > 0:
            yield word[start:end]
            start = end
    yield word[start:]


def _pieces(plain: str, atoms: list[tuple[int, int]]) -> Iterator[str]:
    """Cut the text wherever a line may break; spaces belong to the piece before them."""
    inside = {cut for start, end in atoms for cut in range(start + 1, end)}
    cuts = [cut for cut in range(1, len(plain)) if cut not in inside and _may_break(plain, cut)]
    for start, end in pairwise([0, *cuts, len(plain)]):
        yield plain[start:end]


def _may_break(plain: str, cut: int) -> bool:
    before, after = plain[cut - 1], plain[cut]
    if after == " " or cell_len(after) == 0:
        return False
    if before == " ":
        return after not in _CLOSING or after.isascii()
    if after in _CLOSING or before in _OPENING:
        return False
    return before in _DASHES or cell_len(before) == 2 or cell_len(after) == 2
