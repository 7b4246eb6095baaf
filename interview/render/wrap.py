"""Line breaking for text that mixes Chinese and Latin script, counted in terminal cells.

Rich breaks lines at spaces only, which leaves Chinese ragged, a comma at a line start, and words
cut in two. Here a line may also break beside a wide character, within these rules: no closing
punctuation at a line start, no opening punctuation at a line end, and no break inside a Latin
word or a span in the style `ATOM` (inline code, inline maths) unless it is longer than the line.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

# Two style names that no theme defines, so that Rich shows nothing for them.
ATOM = "interview.atom"  # on what is kept in one piece
MARK = "interview.mark"  # on characters that stand in for a colour, left out where there is one

_CLOSING = frozenset("，。；：？！、）》」』】〕〉〗｝］”’…—·％,.;:?!)]}%")
_OPENING = frozenset("（《「『【〔〈〖｛［“‘([{")
_DASHES = frozenset("—…")
_TERM = r"[\w.√%²³⁻ⁿ₀-₉−+-]{1,12}"
# What reads badly in two lines: `α = 0.6`, `1 × 2`, `(1, 1, 1)`, `(÷ D)`.
_RELATION = "[=≈≠<>≤≥±×÷·/]"
_BOUND = tuple(
    map(
        re.compile,
        (
            rf"{_TERM} {_RELATION} (?=\S)",
            rf"{_RELATION} {_TERM}",
            rf"[(\[]{_TERM}(?:, {_TERM}){{1,5}}[)\]]",
            rf"\([÷√] {_TERM}\)",
        ),
    )
)


def wrap(text: Text, width: int) -> list[Text]:
    """Break `text` into lines of at most `width` cells (one character at least a line).

    A space at a break is dropped; everything else is kept, with its styles.
    """
    paragraphs = text.split("\n", allow_blank=True)
    return [line for paragraph in paragraphs for line in _wrap_paragraph(paragraph, max(width, 1))]


@dataclass(frozen=True, slots=True)
class Flow:
    """A paragraph whose lines break by the rules of this module."""

    text: Text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        coloured = console.color_system is not None and not console.no_color
        text = _without_marks(self.text) if coloured else self.text
        for line in wrap(text, options.max_width):
            line.no_wrap, line.overflow = True, "ignore"
            yield line

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        atoms = _atoms(self.text)
        pieces = [piece.strip() for piece in _pieces(self.text.plain, atoms)]
        narrowest = max(map(cell_len, pieces))
        widest = max(map(cell_len, self.text.plain.split("\n")))
        return Measurement(narrowest, widest).with_maximum(options.max_width)


def _without_marks(text: Text) -> Text:
    marks = [(span.start, span.end) for span in text.spans if span.style == MARK]
    if not marks:
        return text
    parts = text.divide([cut for mark in marks for cut in mark])
    return Text("").join(parts[::2])


def _atoms(text: Text) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in text.spans if span.style == ATOM]


def _wrap_paragraph(text: Text, width: int) -> list[Text]:
    bounds = list(_lines(text.plain, _atoms(text), width))
    cuts = [cut for line in bounds for cut in line]
    return list(text.divide(cuts))[1::2]


def _lines(plain: str, atoms: list[tuple[int, int]], width: int) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each line, spaces at the breaks left out."""
    start = end = at = used = 0
    for piece in _fitting(_pieces(plain, atoms), width):
        body = piece.rstrip(" ")
        if used + cell_len(body) > width:
            if end > start:
                yield start, end
            start, used = at, 0
        end = at + len(body)
        used += cell_len(piece)
        at += len(piece)
    yield start, end


def _fitting(pieces: Iterator[str], width: int) -> Iterator[str]:
    """Cut the pieces that no line can hold: at their spaces, or where that fails, anywhere."""
    for piece in pieces:
        if cell_len(piece.rstrip(" ")) <= width:
            yield piece
            continue
        for word in _pieces(piece, (), loose=True):
            yield from [word] if cell_len(word.rstrip(" ")) <= width else _chunks(word, width)


def _chunks(word: str, width: int) -> Iterator[str]:
    """Cut a word into parts of `width` cells, never between a letter and its accent.

    Chinese punctuation stays on its side of a cut wherever a part has room for it; a point in
    `torch.nn.functional` may begin a line.
    """
    start = 0
    while cell_len(word[start:].rstrip(" ")) > width:
        ends = [end for end in range(start + 1, len(word)) if _parts_letters(word, end)]
        fitting = [end for end in ends if cell_len(word[start:end]) <= width] or ends[:1]
        good = [end for end in fitting if not _parts_marks(word, end)]
        if not fitting:
            break
        end = (good or fitting)[-1]
        yield word[start:end]
        start = end
    yield word[start:]


def _parts_letters(word: str, cut: int) -> bool:
    carries_accent = cut + 1 < len(word) and cell_len(word[cut + 1]) == 0
    return cell_len(word[cut]) > 0 and (word[cut] != " " or carries_accent)


def _parts_marks(word: str, cut: int) -> bool:
    """Tell whether a cut parts Chinese punctuation from what it closes or opens."""
    before, after = word[cut - 1], word[cut]
    closes = after in _CLOSING and not after.isascii()
    return closes or (before in _OPENING and not before.isascii())


def _pieces(
    plain: str, atoms: Collection[tuple[int, int]], *, loose: bool = False
) -> Iterator[str]:
    """Cut the text wherever a line may break; spaces belong to the piece before them.

    A relation such as `d = 512` and a short tuple such as `(1, 2)` stay in one piece, unless the
    cuts are to be `loose`.
    """
    bound = () if loose else (m.span() for binds in _BOUND for m in binds.finditer(plain))
    inside = {cut for start, end in (*atoms, *bound) for cut in range(start + 1, end)}
    cuts = [cut for cut in range(1, len(plain)) if cut not in inside and _may_break(plain, cut)]
    for start, end in pairwise([0, *cuts, len(plain)]):
        yield plain[start:end]


def _may_break(plain: str, cut: int) -> bool:
    before, after = plain[cut - 1], plain[cut]
    if before == "\n":
        return True
    if after == " " or cell_len(after) == 0:
        return False
    if before == " ":
        begins_a_word = after.isascii() and plain[cut + 1 : cut + 2].isalnum()
        return after not in _CLOSING or begins_a_word
    if after in _CLOSING or before in _OPENING:
        return False
    return before in _DASHES or _is_wide(plain, cut - 1) or _is_wide(plain, cut)


def _is_wide(plain: str, at: int) -> bool:
    """Tell whether a character is Chinese: two cells wide, or a quotation mark around such."""
    inner = {"“": at + 1, "‘": at + 1, "”": at - 1, "’": at - 1}.get(plain[at], at)
    return 0 <= inner < len(plain) and cell_len(plain[inner]) == 2
