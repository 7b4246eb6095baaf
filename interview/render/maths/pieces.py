"""The pieces of a formula: a text, how it behaves, and how scripts and accents are set on it."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from interview.render.maths.symbols import SUBSCRIPTS, SUPERSCRIPTS, Class


class Unknown(Exception):
    """The formula holds something that cannot be shown faithfully."""


class Level(IntEnum):
    """How much a piece holds together when something is put beside it."""

    WHOLE = 0  # x, x², f(x), (a + b)
    PRODUCT = 1  # 2x, −x
    LOOSE = 2  # a + b, a/b, log x


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a formula. `guarded` is its form where something stands close beside it."""

    text: str
    kind: Class = Class.ORD
    level: Level = Level.WHOLE
    guarded: str | None = None  # fractions and roots: in parentheses
    bare: bool = False  # ends in a script that has no end of its own: W_Q
    scripted: bool = False
    word: bool = False  # upright letters that make a word: Var, model
    rows: tuple[str, ...] = ()  # what it looks like where there is room for several lines
    space: str = ""  # the spaces written before it

    def within(self, most: Level) -> str:
        """Return the text, in parentheses where it is looser than `most`."""
        return self.text if self.level <= most else f"({self.text})"

    def as_base(self) -> str:
        """Return the text to which a script may be set."""
        if self.kind is not Class.ORD:
            return self.text
        if self.scripted:
            return f"({self.text})"
        return self.guarded or self.within(Level.WHOLE)


def add(nodes: list[Node], pieces: list[Node]) -> None:
    """Append pieces, letting the digits of a number grow together."""
    last, first = (nodes[-1] if nodes else Node("")), pieces[0]
    digits = first.text.isascii() and (first.text.isdigit() or first.text == ".")
    if len(pieces) == 1 and digits and not last.scripted and _is_number(last.text):
        nodes[-1] = Node(last.text + first.text)
    else:
        nodes.extend(pieces)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[0-9]+(\.[0-9]*)?", text) is not None


def take_base(nodes: list[Node]) -> Node:
    r"""Take the piece that a script belongs to off the list, `\limits` and the like skipped."""
    while nodes and nodes[-1].kind is Class.SPACE:
        nodes.pop()
    if not nodes:
        raise Unknown
    return nodes.pop()


def with_scripts(base: Node, below: Node | None, above: Node | None) -> Node:
    """Set scripts as Unicode where every character has one, else after `_` and `^`."""
    sub = _script(below, SUBSCRIPTS, "_") if below else Node("")
    sup = _script(above, SUPERSCRIPTS, "^") if above else Node("")
    parts = [base.as_base(), sub.text, sup.text]
    if sub.bare and above:
        # x²_B, not x_B²: a raised character right after a bare script would belong to it.
        parts = [parts[0], sup.text, sub.text]
        if sup.text.startswith("^"):
            parts = [parts[0], f"_({sub.text[1:]})", sup.text]
    return Node(
        "".join(parts),
        kind=base.kind,
        bare=(sub.bare or sup.bare) and not parts[-1].endswith(")"),
        scripted=True,
        word=base.word,
    )


def _script(node: Node, raised: dict[str, str], mark: str) -> Node:
    if node.text and all(character in raised for character in node.text):
        return Node("".join(raised[character] for character in node.text))
    if node.text == "∘" and mark == "^":
        return Node("°")
    name = len(node.text) == 1 or node.word or (node.text.isascii() and node.text.isalnum())
    # x^q/2 might be read as x^(q/2), but x^* and W_Q/2 cannot be misread.
    if name and (mark == "_" or not node.text.isalnum()):
        return Node(mark + node.text, bare=True)
    return Node(f"{mark}({node.text})")


def mapped(text: str, table: dict[str, str]) -> str:
    """Return the text in other characters.

    Raises:
        Unknown: where the table lacks one of them.
    """
    if any(character not in table for character in text):
        raise Unknown
    return "".join(table[character] for character in text)


def plain(tokens: Sequence[str]) -> str:
    r"""Return what `\text` shows: its characters, escapes undone."""
    shown = {"\\" + each: each for each in "_%&#${}"} | {r"\ ": " ", r"\,": " ", "~": " "}
    text = "".join(shown.get(symbol, symbol) for symbol in tokens if symbol not in ("{", "}"))
    if "\\" in text or "$" in tokens:
        raise Unknown
    return text


def word(text: str) -> Node:
    """Return upright text, which from two letters on is a word."""
    return Node(text, word=len(text.strip()) > 1 and text.strip()[0].isalpha())


def lettered(node: Node, alphabet: dict[str, str]) -> Node:
    """Return the piece in another alphabet; accents and scripts stay as they are."""
    if node.scripted or node.level is Level.LOOSE:
        raise Unknown
    letters = [
        letter if unicodedata.combining(letter) else alphabet.get(letter) for letter in node.text
    ]
    if not letters or None in letters:
        raise Unknown
    return replace(node, text="".join(filter(None, letters)), word=False)


def accented(node: Node, accent: str) -> Node:
    """Set an accent on a letter, which may carry Unicode scripts; on more it is not known."""
    end = 1
    while end < len(node.text) and unicodedata.combining(node.text[end]):
        end += 1
    scripts = {*SUBSCRIPTS.values(), *SUPERSCRIPTS.values()}
    if not node.text[:1].isalnum() or not set(node.text[end:]) <= scripts:
        raise Unknown
    return replace(node, text=node.text[:end] + accent + node.text[end:])
