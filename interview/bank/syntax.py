"""YAML syntax errors in the author's words, and a way past those that one character causes."""

import re
from dataclasses import dataclass
from typing import Any

from interview.bank.faults import Findings, Mark
from interview.bank.source import Source
from interview.language import Bilingual


@dataclass(frozen=True, slots=True)
class _Problem:
    """What the parser says (an excerpt) and what the author is told.

    `culprit` is how far before the parser's mark the one character lies that is to blame,
    None where it takes more than one character to mend. `opening` says to look where the
    parser began what it could not end; `bracket` to do so where that is on another line.
    """

    excerpt: str
    message: Bilingual
    hint: Bilingual | None = None
    culprit: int | None = None
    opening: bool = False
    bracket: bool = False


_QUOTE = Bilingual(
    zh="把整段文字放进单引号，或改用 | 文本块",
    en="put the whole text between single quotes, or use a | block",
)
_NO_DOUBLE_QUOTES = Bilingual(
    zh="LaTeX 写在 | 文本块或单引号里，或者不加引号",
    en="write LaTeX in a | block, between single quotes, or unquoted",
)
_CANNOT_BEGIN = Bilingual(
    zh="不加引号的文字不能以 {found} 开头", en="unquoted text cannot begin with {found}"
)
_TAB = _Problem(
    "",
    Bilingual(zh="YAML 不能用制表符缩进", en="a tab cannot indent YAML"),
    Bilingual(zh="改用空格", en="use spaces"),
    culprit=0,
)
_PROBLEMS = (
    _Problem(
        "unknown escape character",
        Bilingual(
            zh="双引号里的 {found} 不是 YAML 转义", en="{found} is no escape between double quotes"
        ),
        _NO_DOUBLE_QUOTES,
        culprit=0,
    ),
    _Problem(
        "expected hexdecimal number",
        Bilingual(
            zh="双引号里的 {found} 不是 YAML 转义", en="{found} is no escape between double quotes"
        ),
        _NO_DOUBLE_QUOTES,
        culprit=2,
    ),
    _Problem(
        "cannot start any token",
        _CANNOT_BEGIN,
        _QUOTE,
        culprit=0,
    ),
    _Problem(
        "expected alphabetic or numeric character",
        _CANNOT_BEGIN,
        _QUOTE,
        culprit=0,
        opening=True,
    ),
    _Problem("expected comment or line break", _CANNOT_BEGIN, _QUOTE, culprit=0, opening=True),
    _Problem(
        "mapping values are not allowed",
        Bilingual(
            zh="不加引号的文字里不能有冒号加空格", en="a colon and a space inside unquoted text"
        ),
        _QUOTE,
        culprit=0,
    ),
    _Problem(
        "expected ',' or ']'",
        Bilingual(zh="方括号列表缺少逗号或 ]", en="a comma or the closing ] is missing"),
        _QUOTE,
        bracket=True,
    ),
    _Problem(
        "expected ',' or '}'",
        Bilingual(zh="花括号里缺少逗号或 }}", en="a comma or the closing }} is missing"),
        _QUOTE,
        bracket=True,
    ),
    _Problem(
        "expected node content",
        Bilingual(zh="这里缺一个值，或括号没有闭合", en="a value or a closing bracket is missing"),
    ),
    _Problem(
        "unexpected end of stream",
        Bilingual(zh="引号没有闭合", en="a quote is not closed"),
    ),
    _Problem(
        "expected key",
        Bilingual(
            zh="这里应当是下一个字段：缩进不对，或引号、括号闭合后还有文字",
            en="the next field should begin here: "
            "wrong indentation, or text after a closed quote or bracket",
        ),
    ),
    _Problem(
        "expected '-' indicator",
        Bilingual(
            zh="这里应当是列表的下一项，以“- ”开头", en="the next item, `- `, should begin here"
        ),
    ),
    _Problem(
        "could not find expected ':'",
        Bilingual(
            zh="字段名后缺少冒号，或缩进不对", en="a field without `:`, or the indentation is wrong"
        ),
    ),
)


def report_syntax_error(error: Any, source: Source, findings: Findings) -> Source | None:
    """Report where the YAML parser stopped.

    Where one character is to blame, return the text with a neutral one in its place, so that
    the rest of the file can be judged too; otherwise None.
    """
    said = str(getattr(error, "problem", None) or error)
    stopped, began = _places(error, source)
    problem = _recognised(said, source.text[stopped : stopped + 1])
    unclosed = stopped >= len(source.text)
    elsewhere = problem.bracket and source.mark(began).line != source.mark(stopped).line
    place = began if problem.opening or unclosed or elsewhere else stopped
    index = max(place - (problem.culprit or 0), 0)
    found = re.match(r"\\[A-Za-z]+|.|", source.text[index:], re.DOTALL)
    found_text = found[0] if found else ""
    findings.add(
        "yaml-syntax",
        source.mark(index),
        zh=problem.message.zh.format(found=found_text),
        en=problem.message.en.format(found=found_text),
        hint=problem.hint,
    )
    if problem.culprit is None or index >= len(source.text):
        return None
    neutral = " " if problem is _TAB else "x"
    return Source(source.path, source.text[:index] + neutral + source.text[index + 1 :])


def _places(error: Any, source: Source) -> tuple[int, int]:
    """Return where the parser stopped, and where it began what it was reading then."""
    stopped = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if stopped is None:
        return 0, 0
    began = getattr(error, "context_mark", None) or stopped
    return (
        source.index(Mark(stopped.line + 1, stopped.column + 1)),
        source.index(Mark(began.line + 1, began.column + 1)),
    )


def _recognised(said: str, character: str) -> _Problem:
    if character == "\t":
        return _TAB
    for problem in _PROBLEMS:
        if problem.excerpt in said:
            return problem
    said = said.replace("{", "{{").replace("}", "}}")
    return _Problem(said, Bilingual(zh=f"YAML 语法错误：{said}", en=f"YAML syntax: {said}"))
