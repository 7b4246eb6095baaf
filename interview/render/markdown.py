"""Markdown to renderables (first version: paragraphs)."""

from rich.console import RenderableType
from rich.text import Text

from interview.render.layout import stack
from interview.render.wrap import Flow


def markdown(source: str) -> RenderableType:
    """Return Markdown as a block."""
    return stack(Flow(Text(part.strip())) for part in source.split("\n\n") if part.strip())


def inline(source: str) -> Text:
    """Return one line of Markdown as text."""
    return Text(" ".join(source.split()))
