"""Source code: highlighted in the terminal's own colours, never cut off, never wrapped unseen."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

if TYPE_CHECKING:
    from pygments.lexer import Lexer

_CONTINUED = "↪ "
_PYTHON = frozenset({"python", "py", "python3"})
_PLAIN = frozenset({"", "text", "txt", "plain", "console", "output"})

# The first of these that begins a token's dotted type decides its style.
_STYLES = (
    ("Comment", "bright_black italic"),
    ("Literal.String.Doc", "bright_black italic"),
    ("Literal.String", "green"),
    ("Literal.Number", "cyan"),
    ("Keyword.Constant", "cyan"),
    ("Keyword", "magenta"),
    ("Operator.Word", "magenta"),
    ("Name.Builtin.Pseudo", "italic"),
    ("Name.Builtin", "cyan"),
    ("Name.Decorator", "yellow"),
    ("Name.Function", "blue"),
    ("Name.Class", "bold yellow"),
    ("Name.Exception", "yellow"),
)


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Lines of code behind a gutter: their numbers, or two blanks.

    A line wider than the page goes on in the next one, whose gutter says so with `↪`.
    """

    lines: tuple[Text, ...]
    numbers: bool = False
    marked: frozenset[int] = frozenset()  # line numbers that are pointed at

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        gutters = self._gutters()
        width = max(options.max_width - cell_len(gutters[0]), 2) if gutters else 0
        for gutter, line in zip(gutters, self.lines, strict=True):
            for number, part in enumerate(_cut(line, width)):
                lead = _CONTINUED.rjust(cell_len(gutter)) if number else gutter
                shown = Text.assemble((lead, "bright_black"), part)
                shown.rstrip()
                shown.no_wrap, shown.overflow = True, "ignore"
                yield shown

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        widest = max((line.cell_len for line in self.lines), default=0)
        gutter = cell_len(self._gutters()[0]) if self.lines else 0
        return Measurement(gutter + 2, gutter + widest).with_maximum(options.max_width)

    def _gutters(self) -> list[str]:
        if not self.numbers:
            return ["  "] * len(self.lines)
        digits = len(str(len(self.lines)))
        return [
            f"{'>' if number in self.marked else ' '} {number:>{digits}} │ "
            for number in range(1, len(self.lines) + 1)
        ]


def code_block(
    source: str,
    *,
    language: str = "python",
    numbers: bool = False,
    marked: frozenset[int] = frozenset(),
) -> CodeBlock:
    """Return code as a block, highlighted where the language is known.

    `numbers` puts line numbers before it, from 1; `marked` lines are pointed at with `>`.
    """
    lines = highlight(source.strip("\n").expandtabs(4), language).split("\n", allow_blank=True)
    return CodeBlock(lines=tuple(lines), numbers=numbers, marked=marked)


def highlight(source: str, language: str = "python") -> Text:
    """Return code in colours; in none where no lexer knows the language."""
    lexer = _lexer(language.lower())
    if lexer is None:
        return Text(source)
    text = Text()
    for kind, value in lexer.get_tokens(source):
        text.append(value, style=_style(kind))
    return text


@cache
def _lexer(language: str) -> "Lexer | None":
    """Return the lexer of a language; Python's without the table of all the others."""
    if language in _PLAIN:
        return None
    if language in _PYTHON:
        from pygments.lexers.python import PythonLexer

        return PythonLexer(stripnl=False, ensurenl=False)
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@cache
def _style(kind: Any) -> str:
    name = str(kind).removeprefix("Token.")
    return next((style for prefix, style in _STYLES if name.startswith(prefix)), "")


def _cut(line: Text, width: int) -> Iterator[Text]:
    """Cut a line into parts of at most `width` cells, after a space where one is near the end."""
    while line.cell_len > width:
        end = _fitting(line.plain, width)
        space = line.plain.rfind(" ", end // 2, end)
        head, line = line.divide([space + 1 if space > 0 else end])
        yield head
    yield line


def _fitting(plain: str, width: int) -> int:
    """Return how many characters fit into `width` cells, at least one."""
    end = min(len(plain), width)
    while end > 1 and cell_len(plain[:end]) > width:
        end -= 1
    return end
