"""What CommonMark lacks here: `$…$`, `$$…$$`, and bold beside Chinese punctuation."""

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

_INTERRUPTS = ["paragraph", "reference", "blockquote", "list"]


def add_rules(parser: MarkdownIt) -> None:
    """Teach the parser the tokens `maths_inline` and `maths_block`, and bold in Chinese."""
    parser.inline.ruler.before("escape", "maths_inline", _maths_inline)
    parser.inline.ruler.before("emphasis", "strong", _strong)
    parser.block.ruler.before("fence", "maths_block", _maths_block, {"alt": _INTERRUPTS})


def _maths_inline(state: StateInline, silent: bool) -> bool:
    """`$…$` with no space inside the signs, so that two prices are not a formula."""
    source, start = state.src, state.pos
    if source[start] != "$":
        return False
    fence = "$$" if source.startswith("$$", start) else "$"
    start += len(fence)
    end = _closing(source, fence, start, state.posMax)
    content = source[start:end]
    if end < 0 or not content.strip():
        return False
    price = source[end + len(fence) : end + len(fence) + 1].isdigit()
    if fence == "$" and (content[0].isspace() or content[-1].isspace() or price):
        return False
    if not silent:
        state.push("maths_inline", "", 0).content = content
    state.pos = end + len(fence)
    return True


def _closing(source: str, fence: str, start: int, limit: int) -> int:
    """Return where the fence closes, past any escaped one; -1 where it does not."""
    end = source.find(fence, start, limit)
    while end > 0 and source[end - 1] == "\\":
        end = source.find(fence, end + 1, limit)
    return end


def _maths_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`$$` on the first line to `$$` at the end of this line or a later one."""
    if state.is_code_block(start):
        return False
    lines: list[str] = []
    for line in range(start, end):
        text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()
        if line == start:
            if not text.startswith("$$"):
                return False
            text = text[2:]
        if text.endswith("$$"):
            lines.append(text[:-2])
            break
        lines.append(text)
    else:
        return False
    if silent:
        return True
    token = state.push("maths_block", "", 0)
    token.content = "\n".join(lines)
    token.map = [start, start + len(lines)]
    state.line = start + len(lines)
    return True


def _strong(state: StateInline, silent: bool) -> bool:
    """`**…**` whatever stands beside it.

    CommonMark does not close `**` between Chinese punctuation and a Chinese character, as in
    `**归一化（normalization）**是`.
    """
    start = state.pos + 2
    if silent or not state.src.startswith("**", state.pos):
        return False
    if state.src[start : start + 1] in ("", " ", "\n", "*"):
        return False
    end = _end_of_strong(state, start)
    if end < 0:
        return False
    limit = state.posMax
    state.push("strong_open", "strong", 1)
    state.pos, state.posMax = start, end
    state.md.inline.tokenize(state)
    state.push("strong_close", "strong", -1)
    state.pos, state.posMax = end + 2, limit
    return True


def _end_of_strong(state: StateInline, start: int) -> int:
    """Return where `**` closes, code and maths passed over; -1 where it does not."""
    here = state.pos
    state.pos = start
    end = -1
    while state.pos < state.posMax:
        if state.src.startswith("**", state.pos) and not state.src[state.pos - 1].isspace():
            end = state.pos
            break
        state.md.inline.skipToken(state)
    state.pos = here
    return end
