"""Colours of code, in the terminal's own palette.

Python is read by a small scanner of our own: building pygments' takes 25 ms, more than showing
the question does. All other languages are left to pygments, where it knows them.
"""

import builtins
import keyword
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from rich.text import Text

if TYPE_CHECKING:
    from pygments.lexer import Lexer

_PYTHON = frozenset({"python", "py", "python3"})
_PLAIN = frozenset({"", "text", "txt", "plain", "console", "output"})

_COMMENT, _STRING, _NUMBER, _KEYWORD = "bright_black italic", "green", "cyan", "magenta"
_CONSTANT, _BUILTIN, _DECORATOR, _SELF = "cyan", "cyan", "yellow", "italic"
_FUNCTION, _CLASS = "blue", "bold yellow"

_TOKEN = re.compile(
    r"""
      (?P<comment>   \#[^\n]* )
    | (?P<string>    (?: \b[bfru]{1,2} )? (?:
                       \"\"\" (?: \\. | [^\\] )*? (?: \"\"\" | \Z )
                     | ''' (?: \\. | [^\\] )*? (?: ''' | \Z )
                     | " (?: \\. | [^"\\\n] )* "?
                     | ' (?: \\. | [^'\\\n] )* '? ) )
    | (?P<decorator> (?<![^\n]) [ \t]* @ [\w.]+ )
    | (?P<number>    (?<! \w ) (?: 0[xob][\da-f_]+
                     | (?: \d[\d_]* (?: \. [\d_]* )? | \. \d[\d_]* ) (?: e[+-]?\d+ )? j? ) )
    | (?P<name>      [^\W\d]\w* )
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_SCANNED = {
    "comment": _COMMENT,
    "string": _STRING,
    "decorator": _DECORATOR,
    "number": _NUMBER,
}
_CONSTANTS = frozenset({"True", "False", "None"})
_SELVES = frozenset({"self", "cls"})
_KEYWORDS = frozenset(keyword.kwlist) - _CONSTANTS
_BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))
_DEFINED = {"def": _FUNCTION, "class": _CLASS}

# For pygments: the first of these that begins a token's dotted type decides its style.
_STYLES = (
    ("Comment", _COMMENT),
    ("Literal.String", _STRING),
    ("Literal.Number", _NUMBER),
    ("Keyword.Constant", _CONSTANT),
    ("Keyword", _KEYWORD),
    ("Operator.Word", _KEYWORD),
    ("Name.Builtin", _BUILTIN),
    ("Name.Tag", _KEYWORD),
    ("Name.Decorator", _DECORATOR),
    ("Name.Function", _FUNCTION),
    ("Name.Class", _CLASS),
)


def highlight(source: str, language: str = "python") -> Text:
    """Return code in colours; in none where the language is not known."""
    language = language.lower()
    if language in _PYTHON:
        return _python(source)
    lexer = None if language in _PLAIN else _lexer(language)
    if lexer is None:
        return Text(source)
    text = Text()
    for kind, value in lexer.get_tokens(source):
        text.append(value, style=_style(kind))
    return text


def _python(source: str) -> Text:
    text = Text(source)
    before = ""
    for token in _TOKEN.finditer(source):
        kind = token.lastgroup or ""
        word = token.group()
        attribute = source[token.start() - 1 : token.start()] == "."
        style = _SCANNED.get(kind) or ("" if attribute else _name_style(word, before))
        if style:
            text.stylize(style, *token.span())
        before = word
    return text


def _name_style(name: str, before: str) -> str:
    """Return the style of a name, which may be one that `before`, def or class, introduces."""
    if before in _DEFINED:
        return _DEFINED[before]
    if name in _KEYWORDS:
        return _KEYWORD
    if name in _CONSTANTS:
        return _CONSTANT
    if name in _SELVES:
        return _SELF
    return _BUILTIN if name in _BUILTINS else ""


@cache
def _lexer(language: str) -> "Lexer | None":
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
