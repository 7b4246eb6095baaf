"""Source code (first version: plain, numbered)."""

from rich.console import RenderableType
from rich.text import Text

from interview.render.wrap import Flow


def code_block(source: str, *, language: str = "python", numbers: bool = False) -> RenderableType:
    """Return code as a block."""
    lines = source.rstrip().split("\n")
    shown = [f"{n:>3} │ {line}" if numbers else line for n, line in enumerate(lines, 1)]
    return Flow(Text("\n".join(shown)))
