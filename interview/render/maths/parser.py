"""A recursive descent over the tokens of one formula."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from interview.render.maths.pieces import (
    Level,
    Node,
    Unknown,
    accented,
    add,
    lettered,
    mapped,
    plain,
    take_base,
    with_scripts,
    word,
)
from interview.render.maths.row import collapse, is_differential, join
from interview.render.maths.rows import aligned, cases, with_rows
from interview.render.maths.symbols import (
    ACCENTS,
    ALPHABETS,
    CHARACTERS,
    COMMANDS,
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


def to_unicode(latex: str, *, one_line: bool = False) -> str | None:
    r"""Return a formula as Unicode text; None where anything in it is not known.

    Rows, of `aligned`, of `cases` or split by `\\`, are separated by line feeds, or by
    semicolons for `one_line`.
    """
    tokens = [" " if symbol.isspace() else symbol for symbol in _TOKEN.findall(latex)]
    try:
        return _Parser(tokens).formula(one_line=one_line)
    except Unknown:
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
            raise Unknown
        if len(rows) == 1 and not one_line:
            return "\n".join(with_rows(rows[0][0]))
        return ("; " if one_line else "\n").join(join(cells[0]) for cells in rows)

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
            raise Unknown

    def _raw(self, opening: str = "{", closing: str = "}") -> list[str]:
        """Return the tokens between braces as they are."""
        self._take(opening)
        start, depth = self._at, 1
        while depth:
            symbol = self._next()
            if not symbol:
                raise Unknown
            depth += (symbol == opening) - (symbol == closing)
        return list(self._tokens[start : self._at - 1])

    # Lists of pieces

    def _rows(self, end: str) -> list[list[list[Node]]]:
        r"""Return rows of cells of pieces, up to the end or `\end{…}`, which is taken."""
        rows: list[list[list[Node]]] = [[[]]]
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
                    raise Unknown
        return [row for row in rows if any(row)] or [[[]]]

    def _list(self, stops: tuple[str, ...]) -> list[Node]:
        """Return the pieces up to one of `stops`, which is left where it is."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Unknown
        nodes: list[Node] = []
        while (symbol := self._peek()) not in stops:
            if symbol == " ":
                self._next()
            elif symbol in ("^", "_"):
                nodes.append(self._scripts(take_base(nodes)))
            elif not symbol:
                raise Unknown
            else:
                add(nodes, self._piece())
        self._depth -= 1
        return nodes

    def _group(self) -> list[Node]:
        """Return the pieces of one argument: those in braces, or a single one."""
        self._skip_spaces()
        if self._peek() != "{":
            return self._piece()
        self._next()
        nodes = self._list(stops=("}", ""))
        self._take("}")
        return nodes

    def _argument(self) -> Node:
        return collapse(self._group(), compact=self._compact)

    @contextmanager
    def _in_script(self) -> Iterator[None]:
        before, self._compact = self._compact, True
        yield
        self._compact = before

    # Pieces

    def _piece(self) -> list[Node]:
        symbol = self._next()
        if symbol == "{":
            self._at -= 1
            return [replace(self._argument(), kind=Class.ORD)]
        if symbol.startswith("\\") and len(symbol) > 1:
            return self._command(symbol[1:])
        if symbol in ("", "}", "&", "$", "#", "%", "\\", "^", "_"):
            raise Unknown
        if symbol == ":" and self._peek() == "=":
            self._next()
            return [Node("≔", Class.REL)]
        text, kind = CHARACTERS.get(symbol, (symbol, Class.ORD))
        return [Node(text, kind)]

    def _command(self, name: str) -> list[Node]:
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
                return [Node(f" (mod {self._argument().text})")]
        if name in _FRACTIONS:
            return [self._fraction()]
        if name in _SIZES:
            return [self._delimiter(_SIZES[name])]
        return [self._letters(name)]

    def _letters(self, name: str) -> Node:
        """Return letters in another style, accented letters, or a symbol."""
        if name in _TEXTS:
            return word(plain(self._raw()))
        if name in _UPRIGHT:
            return self._upright(name)
        if name in ALPHABETS:
            return lettered(self._argument(), ALPHABETS[name])
        if name in ACCENTS:
            return accented(self._argument(), ACCENTS[name])
        if name not in COMMANDS:
            raise Unknown
        return Node(*COMMANDS[name])

    def _fraction(self) -> Node:
        above, below = self._group(), self._group()
        numerator = collapse(above, compact=self._compact)
        over = numerator.guarded or numerator.within(Level.PRODUCT)
        under = collapse(below, compact=self._compact).within(Level.WHOLE)
        if is_differential(above) and is_differential(below):
            under = join(below)
        text = f"{over}/{under}"
        return Node(text, level=Level.LOOSE, guarded=f"({text})")

    def _root(self) -> Node:
        self._skip_spaces()
        degree = "".join(self._raw("[", "]")) if self._peek() == "[" else "2"
        sign = _ROOTS.get(degree) or mapped(degree, SUPERSCRIPTS) + "√"
        radicand = self._argument()
        inner = radicand.text
        if radicand.kind is Class.CLOSE and inner.startswith("(") and inner.endswith(")"):
            return Node(sign + inner)
        raised = any(character in SUPERSCRIPTS.values() for character in inner)
        simple = radicand.level is Level.WHOLE and not radicand.guarded
        if simple and not raised and not set(inner) & set("()[]^ "):
            return Node(sign + inner, guarded=f"({sign}{inner})")
        return Node(f"{sign}({inner})")

    def _upright(self, name: str) -> Node:
        if name == "operatorname" and self._peek() == "*":
            self._next()
        with self._in_script():
            text = self._argument().text.replace("−", "-")
        return replace(word(text), kind=Class.OP if name == "operatorname" else Class.ORD)

    def _delimiter(self, kind: Class | None) -> Node:
        self._skip_spaces()
        symbol = self._next()
        if symbol == ".":
            return Node("", kind or Class.ORD)
        text, usual = CHARACTERS.get(symbol, (symbol, Class.ORD))
        if symbol.startswith("\\"):
            text, usual = COMMANDS.get(symbol[1:], ("", Class.SPACE))
        text = {"<": "⟨", ">": "⟩"}.get(text, text)
        if text not in ("/", *"()[]{}|‖⌊⌋⌈⌉⟨⟩"):
            raise Unknown
        return Node(text, kind or usual)

    def _left_right(self) -> list[Node]:
        opening = self._delimiter(Class.OPEN)
        nodes = self._list(stops=(r"\right", ""))
        self._take(r"\right")
        return [opening, *nodes, self._delimiter(Class.CLOSE)]

    def _negated(self) -> Node:
        node = self._argument()
        if node.text not in _NEGATED:
            raise Unknown
        return Node(_NEGATED[node.text], Class.REL)

    def _environment(self) -> Node:
        name = "".join(self._raw())
        if name not in _ENVIRONMENTS:
            raise Unknown
        rows = self._rows(name)
        return cases(rows) if name == "cases" else aligned(rows)

    def _scripts(self, base: Node) -> Node:
        found: dict[str, Node] = {}
        while self._peek() in ("^", "_"):
            mark = self._next()
            if mark in found:
                raise Unknown
            with self._in_script():
                found[mark] = self._argument()
            while self._peek() == " ":
                self._next()
        return with_scripts(base, found.get("_"), found.get("^"))
