"""LaTeX mathematics as one line of Unicode text, or as a few lines where it has rows.

Wrong mathematics is worse than LaTeX source, so grouping that LaTeX shows by position is made
explicit by parentheses, and a formula with anything unknown in it is not rendered at all.
The spaces follow TeX's own rules for classes of symbols (The TeXbook, chapter 18).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from rich.cells import cell_len

from interview.render.symbols import (
    ACCENTS,
    ALPHABETS,
    CHARACTERS,
    COMMANDS,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    Class,
)

_DEEPEST = 40  # groups within groups; no formula that a person wrote comes near

_FRACTIONS = frozenset({"frac", "dfrac", "tfrac", "cfrac"})
_UPRIGHT = frozenset({"mathrm", "mathsf", "mathtt", "mathit", "operatorname", "mathop"})
_TEXTS = frozenset({"text", "textrm", "textbf", "textit", "texttt", "textsf", "mbox"})
_SIZES = frozenset(
    size + side for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m")
)
_ALIGNED = frozenset({"aligned", "align", "align*", "split", "gathered", "gather", "gather*"})
_ROOTS = {"": "√", "2": "√", "3": "∛", "4": "∜"}
_NEGATED = {"=": "≠", "∈": "∉", "≡": "≢", "⊂": "⊄", "⊆": "⊈", "≈": "≉", "∼": "≁", "|": "∤"}


class _Unknown(Exception):  # noqa: N818
    """The formula holds something that cannot be shown faithfully."""


@dataclass(frozen=True, slots=True)
class _Node:
    """A piece of a formula.

    `guarded` is the same in parentheses, for where something stands close beside it; None where
    the piece needs none. `whole` says that it reads as one thing under a script or a fraction.
    """

    text: str
    kind: Class = Class.ORD
    guarded: str | None = None
    whole: bool = True

    @property
    def closed(self) -> str:
        """The text, in parentheses where it would not read as one thing."""
        return self.text if self.whole and self.guarded is None else f"({self.text})"


def to_unicode(latex: str) -> str | None:
    """Return a formula as Unicode text; None where anything in it is not known.

    Rows of `aligned` and `cases`, and those split by `\\\\`, are separated by line feeds.
    """
    try:
        return _Parser(_tokens(latex)).formula()
    except _Unknown:
        return None


def _tokens(latex: str) -> list[str]:
    """Cut LaTeX into commands with their backslash, single characters, and single spaces."""
    tokens: list[str] = []
    at = 0
    while at < len(latex):
        end = at + 1
        if latex[at] == "\\":
            end += 1
            while latex[at + 1 : end + 1].isalpha() and latex[at + 1 : end + 1].isascii():
                end += 1
                if end > len(latex):
                    break
            end = min(end, len(latex))
        if latex[at] == "%":
            raise _Unknown
        token = " " if latex[at].isspace() else latex[at:end]
        if token != " " or tokens[-1:] != [" "]:
            tokens.append(token)
        at = end
    return tokens
