"""LaTeX mathematics as one line of Unicode text, or as a few lines where it has rows.

Wrong mathematics is worse than LaTeX source, so grouping that LaTeX shows by position is made
explicit by parentheses, and a formula with anything unknown in it is not rendered at all.
Spaces follow TeX's own rules for classes of symbols (The TeXbook, chapter 18).
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import IntEnum

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

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)
_DEEPEST = 40  # groups within groups: no formula that a person wrote comes near

_FRACTIONS = frozenset({"frac", "dfrac", "tfrac", "cfrac"})
_UPRIGHT = frozenset({"mathrm", "mathsf", "mathtt", "mathit", "operatorname"})
_TEXTS = frozenset({"text", "textrm", "textbf", "textit", "texttt", "textsf", "mbox"})
_SIDES = {"": None, "l": Class.OPEN, "r": Class.CLOSE, "m": Class.REL}
_SIZES = {
    "middle": Class.REL,
    **{big + side: kind for big in ("big", "Big", "bigg", "Bigg") for side, kind in _SIDES.items()},
}
_ENVIRONMENTS = frozenset({"aligned", "align", "align*", "split", "gathered", "cases"})
_ROOTS = {"2": "√", "3": "∛", "4": "∜"}
_NEGATED = {"=": "≠", "∈": "∉", "≡": "≢", "⊂": "⊄", "⊆": "⊈", "≈": "≉", "∼": "≁", "∥": "∦"}
_BARS = ("|", "‖")
_BEFORE_AN_OPERAND = (None, Class.BIN, Class.REL, Class.OPEN, Class.PUNCT, Class.OP, Class.SIGN)


class _Unknown(Exception):
    """The formula holds something that cannot be shown faithfully."""


class _Level(IntEnum):
    """How much a piece holds together when something is put beside it."""

    WHOLE = 0  # x, x², f(x), (a + b)
    PRODUCT = 1  # 2x, −x
    LOOSE = 2  # a + b, a/b, log x


@dataclass(frozen=True, slots=True)
class _Node:
    """A piece of a formula. `guarded` is its form where something stands close beside it."""

    text: str
    kind: Class = Class.ORD
    level: _Level = _Level.WHOLE
    guarded: str | None = None  # fractions and roots: in parentheses
    bare: bool = False  # ends in a script that has no end of its own: W_Q
    scripted: bool = False
    word: bool = False  # upright letters that make a word: Var, model
    rows: tuple[str, ...] = ()  # what it looks like where there is room for several lines
    space: str = ""  # the spaces written before it

    def within(self, most: _Level) -> str:
        """Return the text, in parentheses where it is looser than `most`."""
        return self.text if self.level <= most else f"({self.text})"

    def as_base(self) -> str:
        """Return the text to which a script may be set."""
        if self.kind is not Class.ORD:
            return self.text
        if self.scripted:
            return f"({self.text})"
        return self.guarded or self.within(_Level.WHOLE)


def to_unicode(latex: str, *, one_line: bool = False) -> str | None:
    r"""Return a formula as Unicode text; None where anything in it is not known.

    Rows, of `aligned`, of `cases` or split by `\\`, are separated by line feeds, or by
    semicolons for `one_line`.
    """
    tokens = [" " if symbol.isspace() else symbol for symbol in _TOKEN.findall(latex)]
    try:
        return _Parser(tokens).formula(one_line=one_line)
    except _Unknown:
        return None


class _Parser:
    """A recursive descent over the tokens of one formula."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._compact = False  # scripts are set without spaces

    def formula(self, *, one_line: bool) -> str:
        rows = self._rows("")
        if any(len(cells) > 1 for cells in rows):
            raise _Unknown
        if len(rows) == 1 and not one_line:
            return "\n".join(_with_rows(rows[0][0]))
        return ("; " if one_line else "\n").join(_join(cells[0]) for cells in rows)

    # Tokens

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        symbol = self._peek()
        self._at += 1
        return symbol

    def _skip_spaces(self) -> None:
        while self._peek() == " ":
            self._at += 1

    def _take(self, wanted: str) -> None:
        self._skip_spaces()
        if self._next() != wanted:
            raise _Unknown

    def _raw(self, opening: str = "{", closing: str = "}") -> list[str]:
        """Return the tokens between braces as they are."""
        self._take(opening)
        start, depth = self._at, 1
        while depth:
            symbol = self._next()
            if not symbol:
                raise _Unknown
            depth += (symbol == opening) - (symbol == closing)
        return list(self._tokens[start : self._at - 1])

    # Lists of pieces

    def _rows(self, end: str) -> list[list[list[_Node]]]:
        r"""Return rows of cells of pieces, up to the end or `\end{…}`, which is taken."""
        rows: list[list[list[_Node]]] = [[[]]]
        while True:
            rows[-1][-1] = self._list(stops=("&", r"\\", r"\end", ""))
            match self._next():
                case "&":
                    rows[-1].append([])
                case r"\\":
                    rows.append([[]])
                case r"\end" if end and "".join(self._raw()) == end:
                    break
                case "" if not end:
                    break
                case _:
                    raise _Unknown
        return [row for row in rows if any(row)] or [[[]]]

    def _list(self, stops: tuple[str, ...]) -> list[_Node]:
        """Return the pieces up to one of `stops`, which is left where it is."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _Unknown
        nodes: list[_Node] = []
        while (symbol := self._peek()) not in stops:
            if symbol == " ":
                self._next()
            elif symbol in ("^", "_"):
                nodes.append(self._scripts(_base(nodes)))
            elif not symbol:
                raise _Unknown
            else:
                _add(nodes, self._piece())
        self._depth -= 1
        return nodes

    def _group(self) -> list[_Node]:
        """Return the pieces of one argument: those in braces, or a single one."""
        self._skip_spaces()
        if self._peek() != "{":
            return self._piece()
        self._next()
        nodes = self._list(stops=("}", ""))
        self._take("}")
        return nodes

    def _argument(self) -> _Node:
        return _collapse(self._group(), compact=self._compact)

    @contextmanager
    def _in_script(self) -> Iterator[None]:
        before, self._compact = self._compact, True
        yield
        self._compact = before

    # Pieces

    def _piece(self) -> list[_Node]:
        symbol = self._next()
        if symbol == "{":
            self._at -= 1
            return [replace(self._argument(), kind=Class.ORD)]
        if symbol.startswith("\\") and len(symbol) > 1:
            return self._command(symbol[1:])
        if symbol in ("", "}", "&", "$", "#", "%", "\\", "^", "_"):
            raise _Unknown
        if symbol == ":" and self._peek() == "=":
            self._next()
            return [_Node("≔", Class.REL)]
        text, kind = CHARACTERS.get(symbol, (symbol, Class.ORD))
        return [_Node(text, kind)]

    def _command(self, name: str) -> list[_Node]:
        match name:
            case "left":
                return self._left_right()
            case "sqrt":
                return [self._root()]
            case "begin":
                return [self._environment()]
            case "not":
                return [self._negated()]
            case "pmod":
                return [_Node(f" (mod {self._argument().text})")]
        if name in _FRACTIONS:
            return [self._fraction()]
        if name in _SIZES:
            return [self._delimiter(_SIZES[name])]
        return [self._letters(name)]

    def _letters(self, name: str) -> _Node:
        """Return letters in another style, accented letters, or a symbol."""
        if name in _TEXTS:
            return _word(_plain(self._raw()))
        if name in _UPRIGHT:
            return self._upright(name)
        if name in ALPHABETS:
            return _lettered(self._argument(), ALPHABETS[name])
        if name in ACCENTS:
            return _accented(self._argument(), ACCENTS[name])
        if name not in COMMANDS:
            raise _Unknown
        return _Node(*COMMANDS[name])

    def _fraction(self) -> _Node:
        above, below = self._group(), self._group()
        over = _collapse(above, compact=self._compact).within(_Level.PRODUCT)
        under = _collapse(below, compact=self._compact).within(_Level.WHOLE)
        if _is_differential(above) and _is_differential(below):
            under = _join(below)
        text = f"{over}/{under}"
        return _Node(text, level=_Level.LOOSE, guarded=f"({text})")

    def _root(self) -> _Node:
        self._skip_spaces()
        degree = "".join(self._raw("[", "]")) if self._peek() == "[" else "2"
        sign = _ROOTS.get(degree) or _mapped(degree, SUPERSCRIPTS) + "√"
        radicand = self._argument()
        inner = radicand.text
        if radicand.kind is Class.CLOSE and inner.startswith("(") and inner.endswith(")"):
            return _Node(sign + inner)
        raised = any(character in SUPERSCRIPTS.values() for character in inner)
        simple = radicand.level is _Level.WHOLE and not radicand.guarded
        if simple and not raised and not set(inner) & set("()[]^ "):
            return _Node(sign + inner, guarded=f"({sign}{inner})")
        return _Node(f"{sign}({inner})")

    def _upright(self, name: str) -> _Node:
        if name == "operatorname" and self._peek() == "*":
            self._next()
        with self._in_script():
            text = self._argument().text.replace("−", "-")
        return replace(_word(text), kind=Class.OP if name == "operatorname" else Class.ORD)

    def _delimiter(self, kind: Class | None) -> _Node:
        self._skip_spaces()
        symbol = self._next()
        if symbol == ".":
            return _Node("", kind or Class.ORD)
        text, usual = CHARACTERS.get(symbol, (symbol, Class.ORD))
        if symbol.startswith("\\"):
            text, usual = COMMANDS.get(symbol[1:], ("", Class.SPACE))
        text = {"<": "⟨", ">": "⟩"}.get(text, text)
        if text not in ("/", *"()[]{}|‖⌊⌋⌈⌉⟨⟩"):
            raise _Unknown
        return _Node(text, kind or usual)

    def _left_right(self) -> list[_Node]:
        opening = self._delimiter(Class.OPEN)
        nodes = self._list(stops=(r"\right", ""))
        self._take(r"\right")
        return [opening, *nodes, self._delimiter(Class.CLOSE)]

    def _negated(self) -> _Node:
        node = self._argument()
        if node.text not in _NEGATED:
            raise _Unknown
        return _Node(_NEGATED[node.text], Class.REL)

    def _environment(self) -> _Node:
        name = "".join(self._raw())
        if name not in _ENVIRONMENTS:
            raise _Unknown
        rows = self._rows(name)
        if name == "cases":
            return _cases(rows)
        lines = _columns([[_join(cell, inside=n > 0) for n, cell in enumerate(r)] for r in rows])
        flat = "; ".join(" ".join(line.split()) for line in lines)
        return _Node(flat, level=_Level.LOOSE, rows=tuple(lines))

    def _scripts(self, base: _Node) -> _Node:
        found: dict[str, _Node] = {}
        while self._peek() in ("^", "_"):
            mark = self._next()
            if mark in found:
                raise _Unknown
            with self._in_script():
                found[mark] = self._argument()
            while self._peek() == " ":
                self._next()
        return _with_scripts(base, found.get("_"), found.get("^"))


# Building pieces


def _add(nodes: list[_Node], pieces: list[_Node]) -> None:
    """Append pieces, letting the digits of a number grow together."""
    last, first = (nodes[-1] if nodes else _Node("")), pieces[0]
    digits = first.text.isascii() and (first.text.isdigit() or first.text == ".")
    if len(pieces) == 1 and digits and not last.scripted and _is_number(last.text):
        nodes[-1] = _Node(last.text + first.text)
    else:
        nodes.extend(pieces)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[0-9]+(\.[0-9]*)?", text) is not None


def _base(nodes: list[_Node]) -> _Node:
    r"""Take the piece that a script belongs to off the list, `\limits` and the like skipped."""
    while nodes and nodes[-1].kind is Class.SPACE:
        nodes.pop()
    if not nodes:
        raise _Unknown
    return nodes.pop()


def _with_scripts(base: _Node, below: _Node | None, above: _Node | None) -> _Node:
    """Set scripts as Unicode where every character has one, else after `_` and `^`."""
    sub = _script(below, SUBSCRIPTS, "_") if below else _Node("")
    sup = _script(above, SUPERSCRIPTS, "^") if above else _Node("")
    parts = [base.as_base(), sub.text, sup.text]
    if sub.bare and above:
        # x²_B, not x_B²: a raised character right after a bare script would belong to it.
        parts = [parts[0], sup.text, sub.text]
        if sup.text.startswith("^"):
            parts = [parts[0], f"_({sub.text[1:]})", sup.text]
    return _Node(
        "".join(parts),
        kind=base.kind,
        bare=(sub.bare or sup.bare) and not parts[-1].endswith(")"),
        scripted=True,
        word=base.word,
    )


def _script(node: _Node, raised: dict[str, str], mark: str) -> _Node:
    if node.text and all(character in raised for character in node.text):
        return _Node("".join(raised[character] for character in node.text))
    single = len(node.text) == 1 or node.text.isalnum()
    if single and not node.scripted and node.text.isprintable() and node.text.strip():
        return _Node(mark + node.text, bare=True)
    return _Node(f"{mark}({node.text})")


def _mapped(text: str, table: dict[str, str]) -> str:
    if any(character not in table for character in text):
        raise _Unknown
    return "".join(table[character] for character in text)


def _plain(tokens: Sequence[str]) -> str:
    r"""Return what `\text` shows: its characters, escapes undone."""
    shown = {"\\" + each: each for each in "_%&#${}"} | {r"\ ": " ", r"\,": " ", "~": " "}
    text = "".join(shown.get(symbol, symbol) for symbol in tokens if symbol not in ("{", "}"))
    if "\\" in text or "$" in tokens:
        raise _Unknown
    return text


def _word(text: str) -> _Node:
    return _Node(text, word=len(text.strip()) > 1 and text.strip()[0].isalpha())


def _lettered(node: _Node, alphabet: dict[str, str]) -> _Node:
    """Return the piece in another alphabet; accents and scripts stay as they are."""
    if node.scripted or node.level is _Level.LOOSE:
        raise _Unknown
    letters = [
        letter if unicodedata.combining(letter) else alphabet.get(letter) for letter in node.text
    ]
    if not letters or None in letters:
        raise _Unknown
    return replace(node, text="".join(filter(None, letters)), word=False)


def _accented(node: _Node, accent: str) -> _Node:
    """Set an accent on a letter, which may carry Unicode scripts; on more it is not known."""
    end = 1
    while end < len(node.text) and unicodedata.combining(node.text[end]):
        end += 1
    scripts = {*SUBSCRIPTS.values(), *SUPERSCRIPTS.values()}
    if not node.text[:1].isalnum() or not set(node.text[end:]) <= scripts:
        raise _Unknown
    return replace(node, text=node.text[:end] + accent + node.text[end:])


def _cases(rows: list[list[list[_Node]]]) -> _Node:
    texts = [[_join(cell) for cell in row] for row in rows]
    braces = ["⎧", *["⎨" if n == len(rows) // 2 else "⎪" for n in range(1, len(rows) - 1)], "⎩"]
    lines = _columns([[row[0], *row[1:]] for row in texts], ljust=True)
    flat = "; ".join(", ".join(cell.rstrip(",") for cell in row) for row in texts)
    drawn = [f"{brace} {line}" for brace, line in zip(braces, lines, strict=False)]
    return _Node(f"{{{flat}}}", rows=tuple(drawn) if len(rows) > 1 else ())


def _columns(rows: list[list[str]], *, ljust: bool = False) -> list[str]:
    """Line up the cells of rows: relations under one another, as `aligned` sets them."""
    count = max(len(row) for row in rows)
    full = [row + [""] * (count - len(row)) for row in rows]
    widths = [max(cell_len(row[column]) for row in full) for column in range(count)]
    gap = "  " if ljust else " "
    lines = []
    for row in full:
        padded = [
            " " * (width - cell_len(cell)) + cell
            if column % 2 == 0 and count > 1 and not ljust
            else cell + " " * (width - cell_len(cell))
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(gap.join(cell for cell, width in zip(padded, widths, strict=True) if width))
    return [line.rstrip() for line in lines]


def _with_rows(nodes: list[_Node]) -> list[str]:
    """Return a formula's lines: rows stand beside what comes before and after them."""
    tall = [index for index, node in enumerate(nodes) if node.rows]
    if len(tall) != 1:
        return [_join(nodes)]
    before, after = _join(nodes[: tall[0]]), _join(nodes[tall[0] + 1 :])
    first, *others = nodes[tall[0]].rows
    lead = before + " " if before else ""
    lines = [lead + first, *(" " * cell_len(lead) + line for line in others)]
    lines[-1] += after
    return lines


# Setting pieces in a row


def _is_differential(nodes: Sequence[_Node]) -> bool:
    """Tell whether the pieces are d or ∂, alone or with one thing after it: ∂L, d²y, dx²."""
    pieces = _spaced(nodes)
    return (
        len(pieces) in (1, 2)
        and pieces[0].text[:1] in ("d", "∂")
        and (pieces[0].scripted or len(pieces[0].text) == 1)
        and all(piece.level is _Level.WHOLE and piece.kind is Class.ORD for piece in pieces)
    )


def _collapse(nodes: Sequence[_Node], *, compact: bool = False) -> _Node:
    """Make one piece of several."""
    pieces = _resolved(_spaced(nodes))
    if len(pieces) == 1:
        return replace(pieces[0], space="")
    text = _join(nodes, compact=compact)
    if _is_bracketed(pieces):
        return _Node(text, kind=Class.CLOSE)
    if not pieces or _is_call(pieces):
        return _Node(text)
    return _Node(text, level=_Level.LOOSE if _is_loose(pieces, text) else _Level.PRODUCT)


def _is_bracketed(pieces: Sequence[_Node]) -> bool:
    """Tell whether one pair of brackets holds all the pieces."""
    depth = 0
    for piece in pieces:
        if piece is not pieces[0] and depth == 0:
            return False
        depth += (piece.kind is Class.OPEN) - (piece.kind is Class.CLOSE)
    return bool(pieces) and pieces[0].kind is Class.OPEN and depth == 0


def _is_call(pieces: Sequence[_Node]) -> bool:
    named = pieces[0].word or (pieces[0].kind is Class.OP and pieces[0].text.isalpha())
    return named and _is_bracketed(pieces[1:])


def _is_loose(pieces: Sequence[_Node], text: str) -> bool:
    parting = (Class.BIN, Class.REL, Class.PUNCT)
    return " " in text or any(
        piece.level is _Level.LOOSE or piece.text == "/" or piece.kind in parting
        for piece in pieces
    )


def _join(nodes: Sequence[_Node], *, compact: bool = False, inside: bool = False) -> str:
    """Return the pieces in a row with TeX's spaces; `inside` where an operand came before."""
    pieces = _guarded(_resolved(_spaced(nodes), inside=inside))
    out = ""
    for index, node in enumerate(pieces):
        gap = _gap(pieces[index - 1], node, compact=compact) if index else ""
        parted = out.endswith(" ") or node.text.startswith(" ")
        out += node.text if parted else max(node.space, gap, key=len) + node.text
    return out.strip()


def _spaced(nodes: Sequence[_Node]) -> list[_Node]:
    """Fold written spaces into the pieces after them."""
    pieces: list[_Node] = []
    space = ""
    for node in nodes:
        if node.kind is Class.SPACE:
            space += node.text
        else:
            pieces.append(replace(node, space=space))
            space = ""
    return pieces


def _resolved(pieces: Sequence[_Node], *, inside: bool = False) -> list[_Node]:
    """Give each piece its class in this place: signs told from operations, bars paired."""
    resolved: list[_Node] = []
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


def _guarded(pieces: Sequence[_Node]) -> list[_Node]:
    """Keep fractions and roots from running into what stands beside them."""
    guarded: list[_Node] = []
    for index, piece in enumerate(pieces):
        left = pieces[index - 1] if index else None
        right = pieces[index + 1] if index + 1 < len(pieces) else None
        fraction = piece.guarded is not None and piece.level is _Level.LOOSE
        if fraction and _is_factor(left):
            guarded.append(_Node("·", Class.BIN))
        crowded = _is_close(right, fraction=fraction) or (fraction and _takes_an_argument(left))
        guarded.append(replace(piece, text=(crowded and piece.guarded) or piece.text))
    return guarded


def _is_close(right: _Node | None, *, fraction: bool) -> bool:
    beside = (Class.ORD, Class.OP, Class.OPEN)
    if right is None or right.kind not in beside or right.text.startswith(" "):
        return False
    return fraction or right.text != "/"


def _is_factor(left: _Node | None) -> bool:
    if left is None or _takes_an_argument(left):
        return False
    return left.kind in (Class.ORD, Class.CLOSE) and not left.text.endswith(" ")


def _takes_an_argument(left: _Node | None) -> bool:
    return left is not None and (left.kind is Class.OP or left.word or left.text == "/")


def _gap(before: _Node, node: _Node, *, compact: bool) -> str:
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


def _would_run_together(before: _Node, node: _Node) -> bool:
    """Tell whether a word or a bare script would swallow the letter after it."""
    if not node.text[:1].isalnum():
        return False
    return before.bare or (before.text[-1:].isalnum() and (before.word or node.word))
