"""Source code: highlighted, numbered, never cut off, and never wrapped unseen."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

from interview.render.highlight import highlight

_GUTTER = "  "
_CONTINUED = "↪ "
_GUTTER_STYLE = "bright_black"


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Lines of code behind a gutter: their numbers, or two blanks.

    A line wider than the page goes on in the next one, whose gutter says so with `↪`.
    `marked` holds the numbers of lines that are pointed at.
    """

    lines: tuple[Text, ...]
    numbers: bool = False
    marked: frozenset[int] = frozenset()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        gutters = self._gutters()
        width = max(options.max_width - cell_len(gutters[0]), 2)
        for gutter, line in zip(gutters, self.lines, strict=True):
            for number, part in enumerate(_cut(line, width)):
                lead = _CONTINUED.rjust(cell_len(gutter)) if number else gutter
                shown = Text.assemble((lead, _GUTTER_STYLE), part)
                shown.rstrip()
                shown.no_wrap, shown.overflow = True, "ignore"
                yield shown

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        gutter = cell_len(self._gutters()[0])
        widest = max(line.cell_len for line in self.lines)
        return Measurement(gutter + 2, gutter + widest).with_maximum(options.max_width)

    def _gutters(self) -> list[str]:
        if not self.numbers:
            return [_GUTTER] * len(self.lines)
        digits = len(str(len(self.lines)))
        pointers = {True: "> ", False: "  "} if self.marked else {False: ""}
        return [
            f"{pointers[number in self.marked]}{number:>{digits}} │ "
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
