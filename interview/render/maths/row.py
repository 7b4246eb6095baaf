"""Pieces set in a row, with TeX's spaces, and parentheses where LaTeX groups by position."""

from collections.abc import Sequence
from dataclasses import replace

from interview.render.maths.pieces import Level, Node
from interview.render.maths.symbols import Class

_BARS = ("|", "‖")
_PREFIXES = ("/", "∂", "∇", "Δ", "¬", "∀", "∃", "…")
_BEFORE_AN_OPERAND = (None, Class.BIN, Class.REL, Class.OPEN, Class.PUNCT, Class.OP, Class.SIGN)


def is_differential(nodes: Sequence[Node]) -> bool:
    """Tell whether the pieces are d or ∂, alone or with one thing after it: ∂L, d²y, dx²."""
    pieces = spaced(nodes)
    return (
        len(pieces) in (1, 2)
        and pieces[0].text[:1] in ("d", "∂")
        and (pieces[0].scripted or len(pieces[0].text) == 1)
        and all(piece.level is Level.WHOLE and piece.kind is Class.ORD for piece in pieces)
    )


def collapse(nodes: Sequence[Node], *, compact: bool = False) -> Node:
    """Make one piece of several."""
    pieces = _resolved(spaced(nodes))
    if len(pieces) == 1:
        return replace(pieces[0], space="")
    text = join(nodes, compact=compact)
    if _is_bracketed(pieces):
        return Node(text, kind=Class.CLOSE)
    if not pieces or _is_call(pieces):
        return Node(text)
    return Node(text, level=Level.LOOSE if _is_loose(pieces, text) else Level.PRODUCT)


def _is_bracketed(pieces: Sequence[Node]) -> bool:
    """Tell whether one pair of brackets holds all the pieces."""
    depth = 0
    for piece in pieces:
        if piece is not pieces[0] and depth == 0:
            return False
        depth += (piece.kind is Class.OPEN) - (piece.kind is Class.CLOSE)
    return bool(pieces) and pieces[0].kind is Class.OPEN and depth == 0


def _is_call(pieces: Sequence[Node]) -> bool:
    named = pieces[0].word or (pieces[0].kind is Class.OP and pieces[0].text.isalpha())
    return named and _is_bracketed(pieces[1:])


def _is_loose(pieces: Sequence[Node], text: str) -> bool:
    parting = (Class.BIN, Class.REL, Class.PUNCT)
    open_root = pieces[-1].guarded is not None  # x√d, before a slash
    return (
        open_root
        or " " in text
        or any(
            piece.level is Level.LOOSE or piece.text == "/" or piece.kind in parting
            for piece in pieces
        )
    )


def join(nodes: Sequence[Node], *, compact: bool = False, inside: bool = False) -> str:
    """Return the pieces in a row with TeX's spaces; `inside` where an operand came before."""
    pieces = _guarded(_resolved(spaced(nodes), inside=inside))
    out = ""
    for index, node in enumerate(pieces):
        gap = _gap(pieces[index - 1], node, compact=compact) if index else ""
        parted = out.endswith(" ") or node.text.startswith(" ")
        out += node.text if parted else max(node.space, gap, key=len) + node.text
    return out.strip()


def spaced(nodes: Sequence[Node]) -> list[Node]:
    """Fold written spaces into the pieces after them."""
    pieces: list[Node] = []
    space = ""
    for node in nodes:
        if node.kind is Class.SPACE:
            space += node.text
        else:
            pieces.append(replace(node, space=space))
            space = ""
    return pieces


def _resolved(pieces: Sequence[Node], *, inside: bool = False) -> list[Node]:
    """Give each piece its class in this place: signs told from operations, bars paired."""
    resolved: list[Node] = []
    bars: list[str] = []
    kind: Class | None = Class.ORD if inside else None
    for piece in pieces:
        operand_next = kind in _BEFORE_AN_OPERAND
        kind = piece.kind
        if kind is Class.BIN and operand_next:
            kind = Class.SIGN
        elif kind is Class.ORD and piece.text[:1] in _BARS:
            kind = _bar(piece.text[0], bars, opening=operand_next)
        resolved.append(replace(piece, kind=kind))
    return resolved


def _bar(bar: str, open_bars: list[str], *, opening: bool) -> Class:
    """Tell an opening bar from a closing one and from the bar of p(y|x)."""
    if opening:
        open_bars.append(bar)
        return Class.OPEN
    if open_bars and open_bars[-1] == bar:
        open_bars.pop()
        return Class.CLOSE
    return Class.ORD


def _guarded(pieces: Sequence[Node]) -> list[Node]:
    """Keep fractions and roots from running into what stands beside them."""
    guarded: list[Node] = []
    for index, piece in enumerate(pieces):
        left = pieces[index - 1] if index else None
        right = pieces[index + 1] if index + 1 < len(pieces) else None
        fraction = piece.guarded is not None and piece.level is Level.LOOSE
        if fraction and _is_factor(left):
            guarded.append(Node("·", Class.BIN))
        crowded = _is_close(right) or (fraction and _takes_an_argument(left))
        guarded.append(replace(piece, text=(crowded and piece.guarded) or piece.text))
    return guarded


def _is_close(right: Node | None) -> bool:
    beside = (Class.ORD, Class.OP, Class.OPEN)
    return right is not None and right.kind in beside and not right.text.startswith(" ")


def _is_factor(left: Node | None) -> bool:
    if left is None or _takes_an_argument(left):
        return False
    return left.kind in (Class.ORD, Class.CLOSE) and not left.text.endswith(" ")


def _takes_an_argument(left: Node | None) -> bool:
    if left is None:
        return False
    return left.kind is Class.OP or left.word or left.text[:1] in _PREFIXES


def _gap(before: Node, node: Node, *, compact: bool) -> str:
    """Return the space that the classes of two neighbours ask for."""
    left, right = before.kind, node.kind
    if left is Class.SIGN or right is Class.PUNCT:
        return ""
    if left is Class.OP:
        tight = right is Class.CLOSE or (right is Class.OPEN and before.text[0].isalpha())
        return "" if tight else " "
    if right is Class.OP and left in (Class.ORD, Class.CLOSE):
        return " "
    spaced = left is Class.PUNCT or not {left, right}.isdisjoint((Class.BIN, Class.REL))
    return " " if (spaced and not compact) or _would_run_together(before, node) else ""


def _would_run_together(before: Node, node: Node) -> bool:
    """Tell whether a word or a bare script would swallow the letter after it."""
    if not node.text[:1].isalnum():
        return False
    return before.bare or (before.text[-1:].isalnum() and (before.word or node.word))
