"""Markdown with LaTeX maths as renderables that wrap Chinese by its own rules."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.text import Text

from interview.render.code import code_block
from interview.render.layout import Indented, stack
from interview.render.maths import to_unicode
from interview.render.wrap import ATOM, MARK, Flow

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

CODE = "cyan"
_SOFT_BREAKS = {"softbreak": " ", "hardbreak": "\n"}
_SPANS = {"strong": "bold", "em": "italic", "link": "underline"}
_BULLET = "•"


def markdown(source: str) -> RenderableType:
    """Return a Markdown text as a block: paragraphs, lists, quotes, tables, code and maths."""
    return _blocks(_Tokens(_parser().parse(source)))


def inline(source: str) -> Text:
    """Return a short Markdown text, without paragraphs, as one line."""
    (token,) = _parser().parseInline(source.strip())
    return _text(token.children or [])


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    from interview.render.markdown_rules import add_rules

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    add_rules(parser)
    return parser


class _Tokens:
    """The parser's flat list of tokens, read block by block."""

    def __init__(self, tokens: Sequence["Token"]) -> None:
        self._tokens = iter(tokens)

    def upto(self, closing: str) -> Iterator["Token"]:
        """Yield tokens until the one of that type, which is taken."""
        for token in self._tokens:
            if token.type == closing:
                return
            yield token


def _blocks(tokens: _Tokens, closing: str = "") -> RenderableType:
    """Return the blocks up to the closing token, a blank line between unless they are tight."""
    blocks: list[RenderableType] = []
    tight = False
    for token in tokens.upto(closing):
        tight = tight or (token.type == "paragraph_open" and token.hidden)
        blocks.append(_block(token, tokens))
    return stack(blocks, gap=0 if tight else 1)


def _block(token: "Token", tokens: _Tokens) -> RenderableType:
    match token.type:
        case "paragraph_open" | "heading_open":
            (content,) = tokens.upto(token.type.replace("open", "close"))
            text = _text(content.children or [])
            return Flow(text if token.type == "paragraph_open" else _bold(text))
        case "bullet_list_open" | "ordered_list_open":
            return _list(token, tokens)
        case "blockquote_open":
            return Indented(_blocks(tokens, "blockquote_close"), "│ ", "│ ", style="bright_black")
        case "fence" | "code_block":
            language = (token.info.split() or [""])[0]
            return code_block(token.content, language=language)
        case "maths_block":
            return _display(token.content)
        case "table_open":
            return _table(tokens)
        case "hr":
            return Text("─" * 20, style="bright_black")
    return Flow(Text(token.content))


def _list(opening: "Token", tokens: _Tokens) -> RenderableType:
    """Return a list; numbers are aligned to the right, and texts hang behind their bullets."""
    ordered = opening.type == "ordered_list_open"
    closing = opening.type.replace("open", "close")
    items: list[RenderableType] = []
    labels: list[str] = []
    loose = False
    for token in tokens.upto(closing):
        labels.append(f"{token.info}." if ordered else _BULLET)
        items.append(_blocks(tokens, "list_item_close"))
    width = max(map(cell_len, labels), default=0)
    blocks = [
        Indented(item, label.rjust(width) + " ") for label, item in zip(labels, items, strict=True)
    ]
    return stack(blocks, gap=1 if loose else 0)


def _table(tokens: _Tokens) -> RenderableType:
    from rich import box
    from rich.table import Table

    rows: list[list[Text]] = []
    for token in tokens.upto("table_close"):
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_text(token.children or []))
    table = Table(*(Flow(cell) for cell in rows[0]), box=box.SIMPLE_HEAD, pad_edge=False)  # type: ignore[arg-type]
    for row in rows[1:]:
        table.add_row(*(Flow(cell) for cell in row))
    return table


def _display(latex: str) -> RenderableType:
    """Return a formula on lines of its own; as source where it is not known."""
    shown = to_unicode(latex)
    text = Text(f"$${latex.strip()}$$", style=CODE) if shown is None else Text(shown)
    return Indented(Flow(text), "    ")


def _bold(text: Text) -> Text:
    text.stylize("bold")
    return text


def _text(tokens: Sequence["Token"]) -> Text:
    """Return inline tokens as text; code and maths are kept in one piece."""
    text = Text()
    open_spans: list[tuple[str, int]] = []
    for index, token in enumerate(tokens):
        kind, _, side = token.type.rpartition("_")
        if side == "open":
            open_spans.append((_SPANS.get(kind, ""), len(text)))
        elif side == "close":
            style, start = open_spans.pop()
            if style:
                text.stylize(style, start)
        elif token.type in _SOFT_BREAKS:
            text.append("" if _joins_han(text, tokens[index + 1 :]) else _SOFT_BREAKS[token.type])
        else:
            _append_leaf(text, token)
    return text


def _append_leaf(text: Text, token: "Token") -> None:
    start = len(text)
    if token.type == "code_inline":
        text.append("`", style=MARK).append(token.content, style=CODE).append("`", style=MARK)
    elif token.type == "maths_inline":
        shown = to_unicode(token.content, one_line=True)
        text.append(f"${token.content}$" if shown is None else shown, CODE if shown is None else "")
    else:
        text.append(token.content)
        return
    text.stylize(ATOM, start)


def _joins_han(text: Text, following: Sequence["Token"]) -> bool:
    """Tell whether a line break of the source lies between Chinese characters: no space there."""
    after = following[0].content if following else ""
    return cell_len(text.plain[-1:]) == 2 and cell_len(after[:1]) == 2
