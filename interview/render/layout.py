"""Blocks on the page: indented, stacked, headed. Each is a renderable that knows its width."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.segment import Segment
from rich.style import Style
from rich.text import Text


@dataclass(frozen=True, slots=True)
class Indented:
    """A block behind a prefix: `first` on its first line, as many blanks or `rest` after it."""

    content: RenderableType
    first: str
    rest: str | None = None
    style: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = cell_len(self.first)
        rest = " " * width if self.rest is None else self.rest
        style = console.get_style(self.style) if self.style else Style.null()
        inner = options.update_width(max(options.max_width - width, 2))
        for number, line in enumerate(console.render_lines(self.content, inner, pad=False)):
            prefix = rest if number else self.first
            blank = all(segment.text.isspace() or not segment.text for segment in line)
            yield Segment(prefix.rstrip() if blank else prefix, style)
            yield from () if blank else line
            yield Segment.line()


def stack(blocks: Iterable[RenderableType | None], gap: int = 1) -> Group:
    """Return the blocks one under another with `gap` blank lines between; None is left out."""
    present = [block for block in blocks if block is not None]
    parts: list[RenderableType] = []
    for number, block in enumerate(present):
        parts += [Text()] * (gap if number else 0)
        parts.append(block)
    return Group(*parts)


def heading(text: str) -> Text:
    """Return the line above a part of a page."""
    return Text(text, style="bold")


def aligned(labels: Sequence[str]) -> list[str]:
    """Return the labels padded to the widest of them, in cells."""
    widest = max((cell_len(label) for label in labels), default=0)
    return [label + " " * (widest - cell_len(label)) for label in labels]
