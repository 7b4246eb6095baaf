"""Markdown with LaTeX maths as renderables that wrap Chinese by its own rules."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import RenderableType
from rich.text import Text

from interview.render.code import code_block
from interview.render.layout import Indented, stack
from interview.render.maths import to_unicode
from interview.render.wrap import ATOM, MARK, Flow

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    Tokens = Iterator[Token]  # the parser's flat list, read block by block

_CODE = "cyan"
# A line in which nothing but `code` and $maths$ means anything, and what would begin a block.
_SIMPLE = re.compile(
    r"(?: [^\x00-\x1f\x7f`$\\*_\[\]<&] | `[^\x00-\x20`](?:[^\x00-\x1f`]*[^\x00-\x20`])?`(?!`)"
    r" | \$[^\s$`](?:[^\x00-\x1f$`]*[^\s$`\\])?\$(?![$\d]) )*",
    re.VERBOSE,
)
_CODE_OR_MATHS = re.compile(r"(`[^`]+`|\$[^$]+\$)")
_BLOCK_START = re.compile(r"[#>+=~|\s-]|\d+[.)]")
_BREAKS = {"softbreak": " ", "hardbreak": "\n"}
_SOURCE_NUMBER = re.compile(r"\[\^(\d+)\]")
_SPANS = {"strong": "bold", "em": "italic", "link": "underline"}


def markdown(source: str) -> RenderableType:
    """Return a Markdown text as a block: paragraphs, lists, quotes, tables, code and maths.

    Inline code keeps its backticks where there are no colours. A formula that cannot be shown
    in Unicode is shown as its source.
    """
    line = source.rstrip()
    if _SIMPLE.fullmatch(line) and not _BLOCK_START.match(line):
        return Flow(_simple_text(line))
    blocks, _ = _blocks(iter(_parser().parse(source)), "")
    return stack(blocks)


def inline(source: str) -> Text:
    """Return a short Markdown text, without paragraphs, as one line."""
    line = source.strip()
    if _SIMPLE.fullmatch(line):
        return _simple_text(line)
    (token,) = _parser().parseInline(line)
    return _text(token.children or [])


def _simple_text(line: str) -> Text:
    """Return a line that holds code and maths at most, as most prompts do.

    Building the parser takes 17 ms, a seventh of the time that it takes to show a question.
    """
    text = Text()
    for part in _CODE_OR_MATHS.split(line):
        if part.startswith("`"):
            _append_code(text, part[1:-1])
        elif part.startswith("$"):
            _append_maths(text, part[1:-1])
        else:
            text.append(part)
    return text


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    from interview.render.markdown_rules import add_rules

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    add_rules(parser)
    return parser


def _upto(tokens: "Tokens", closing: str) -> "Tokens":
    """Yield tokens until the one of that type, which is taken."""
    for token in tokens:
        if token.type == closing:
            return
        yield token


def _blocks(tokens: "Tokens", closing: str) -> tuple[list[RenderableType], bool]:
    """Return the blocks up to the closing token, and whether they stand tight, as in a list."""
    blocks: list[RenderableType] = []
    tight = False
    for token in _upto(tokens, closing):
        tight = tight or (token.type == "paragraph_open" and token.hidden)
        blocks.append(_block(token, tokens))
    return blocks, tight


def _block(token: "Token", tokens: "Tokens") -> RenderableType:
    match token.type:
        case "paragraph_open":
            return Flow(_paragraph(tokens, "paragraph_close"))
        case "heading_open":
            heading = _paragraph(tokens, "heading_close")
            heading.stylize("bold")
            return Flow(heading)
        case "bullet_list_open":
            return _list(tokens, "bullet_list_close")
        case "ordered_list_open":
            return _list(tokens, "ordered_list_close")
        case "blockquote_open":
            quoted, _ = _blocks(tokens, "blockquote_close")
            return Indented(stack(quoted), "│ ", "│ ", style="bright_black")
        case "fence" | "code_block":
            return code_block(token.content, language=(token.info.split() or [""])[0])
        case "maths_block":
            return _display(token.content)
        case "table_open":
            return _table(tokens)
    return Text("─" * 20, style="bright_black")


def _paragraph(tokens: "Tokens", closing: str) -> Text:
    (content,) = _upto(tokens, closing)
    return _text(content.children or [])


def _list(tokens: "Tokens", closing: str) -> RenderableType:
    """Return a list; numbers end in one column, and the texts hang behind their labels."""
    labels: list[str] = []
    items: list[RenderableType] = []
    all_tight = True
    for token in _upto(tokens, closing):
        labels.append(f"{token.info}. " if token.info else "• ")
        blocks, tight = _blocks(tokens, "list_item_close")
        items.append(stack(blocks, gap=0 if tight else 1))
        all_tight = all_tight and (tight or not blocks)
    width = max(map(len, labels))
    hanging = [
        Indented(item, label.rjust(width)) for label, item in zip(labels, items, strict=True)
    ]
    return stack(hanging, gap=0 if all_tight else 1)


def _table(tokens: "Tokens") -> RenderableType:
    from rich import box
    from rich.table import Table

    rows: list[list[Flow]] = []
    for token in _upto(tokens, "table_close"):
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(Flow(_text(token.children or [])))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in rows[0]:
        table.add_column(heading)
    for row in rows[1:]:
        table.add_row(*row)
    return table


def _display(latex: str) -> RenderableType:
    """Return a formula on lines of its own; its source where it cannot be shown."""
    shown = to_unicode(latex)
    text = Text(f"$${latex.strip()}$$", style=_CODE) if shown is None else Text(shown)
    return Indented(Flow(text), "    ")


def _text(tokens: Sequence["Token"]) -> Text:
    """Return inline tokens as text; code and maths are kept in one piece."""
    text = Text()
    open_spans: list[tuple[int, str]] = []
    for index, token in enumerate(tokens):
        if token.nesting > 0:
            open_spans.append((len(text), str(token.attrGet("href") or "")))
        elif token.nesting < 0:
            _close_span(text, token, *open_spans.pop())
        elif token.type in _BREAKS:
            han = _is_han(text.plain[-1:]) and _is_han(_first(tokens[index + 1 :]))
            text.append("" if han and token.type == "softbreak" else _BREAKS[token.type])
        else:
            _append_leaf(text, token)
    return text


def _close_span(text: Text, token: "Token", start: int, target: str) -> None:
    text.stylize(_SPANS.get(token.type.removesuffix("_close"), ""), start)
    if target and target != text.plain[start:]:
        text.append(f" ({target})")


def _append_leaf(text: Text, token: "Token") -> None:
    if token.type == "code_inline":
        _append_code(text, token.content)
    elif token.type == "maths_inline":
        _append_maths(text, token.content)
    else:
        # [^2] names the second of the question's sources, which are shown with their numbers.
        for number, part in enumerate(_SOURCE_NUMBER.split(token.content)):
            text.append(f"[{part}]" if number % 2 else part, style="dim" if number % 2 else None)


def _append_code(text: Text, code: str) -> None:
    start = len(text)
    text.append("`", style=MARK).append(code, style=_CODE).append("`", style=MARK)
    text.stylize(ATOM, start)


def _append_maths(text: Text, latex: str) -> None:
    start = len(text)
    shown = to_unicode(latex, one_line=True)
    text.append(f"${latex}$" if shown is None else shown, _CODE if shown is None else None)
    text.stylize(ATOM, start)


def _first(tokens: Sequence["Token"]) -> str:
    """Return the first character of what follows a line break of the source."""
    return next((token.content[0] for token in tokens if token.content), "")


def _is_han(character: str) -> bool:
    return cell_len(character) == 2
