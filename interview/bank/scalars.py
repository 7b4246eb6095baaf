"""What a YAML scalar becomes, as against what its author meant."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from interview.bank.faults import Mark
from interview.bank.nodes import Scalar
from interview.bank.source import Source
from interview.language import Bilingual

_NULL = Bilingual(zh="空值", en="nothing (null)")
_NUMBER = Bilingual(zh="数字", en="a number")
# Readings of YAML 1.1 and 1.2 together: an editor may follow the one, a program the other.
_READINGS: tuple[tuple[re.Pattern[str], Bilingual], ...] = (
    (re.compile(r"~|null|Null|NULL"), _NULL),
    (
        re.compile(r"(?i:yes|no|true|false|on|off)"),
        Bilingual(zh="真假值", en="a truth value"),
    ),
    (
        re.compile(r"\d{4}-\d\d?-\d\d?([Tt \t].*)?"),
        Bilingual(zh="日期", en="a date"),
    ),
    (
        re.compile(r"[-+]?\d[\d_]*(:[0-5]?\d)+(\.[\d_]*)?"),
        Bilingual(zh="六十进制数", en="a number in base 60"),
    ),
    (re.compile(r"[-+]?0[0-7_]+"), Bilingual(zh="八进制数", en="an octal number")),
    (re.compile(r"[-+]?0(x[\da-fA-F_]+|b[01_]+|o[0-7_]+)"), _NUMBER),
    (re.compile(r"[-+]?(\d[\d_]*(\.[\d_]*)?|\.\d[\d_]*)([eE][-+]?\d+)?"), _NUMBER),
    (re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"), _NUMBER),
    (re.compile(r"=|<<"), Bilingual(zh="特殊记号", en="a token of its own")),
)
_BEGINNINGS = frozenset("~nNyYtTfFoO0123456789.+-=<")  # of all these readings
_DECIMAL = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?")
_WHOLE = re.compile(r"0|[1-9]\d{0,17}")


def surprise(scalar: Scalar) -> Bilingual | None:
    """Return what YAML would make of an unquoted text, None where it stays the text it is."""
    if scalar.style or scalar.value[:1] not in _BEGINNINGS:
        return None
    for pattern, reading in _READINGS:
        if pattern.fullmatch(scalar.value):
            return reading
    return None


def number(scalar: Scalar) -> int | float | None:
    """Return the number that an unquoted decimal spells, None where it is not one."""
    if scalar.style or not _DECIMAL.fullmatch(scalar.value):
        return None
    return int(scalar.value) if _WHOLE.fullmatch(scalar.value) else float(scalar.value)


def places(scalar: Scalar, source: Source) -> list[int]:
    """Return where in the source each character of the value that is not blank stands."""
    raw = source.text[scalar.start : scalar.end]
    start = scalar.start
    if scalar.style in {"|", ">"}:
        header = raw.partition("\n")[0]
        raw, start = raw[len(header) :], start + len(header)
    elif scalar.style:
        raw, start = raw[1:-1], start + 1
    return [start + index for index in _shown(raw, scalar.style)]


def _shown(raw: str, style: str) -> Iterator[int]:
    pattern = {'"': _ESCAPED, "'": _DOUBLED}.get(style, _ANY)
    for match in pattern.finditer(raw):
        if not match[0].isspace() and match[0] not in _BLANK_ESCAPES:
            yield match.start()


_ANY = re.compile(r".", re.DOTALL)
_DOUBLED = re.compile(r"''|.", re.DOTALL)
_ESCAPED = re.compile(r"\\x..|\\u.{4}|\\U.{8}|\\.|.", re.DOTALL)
_BLANK_ESCAPES = frozenset(
    {"\\t", "\\n", "\\r", "\\f", "\\v", "\\ ", "\\_", "\\N", "\\L", "\\P", "\\\n"}
)


class Locator:
    """Finds where in the source a character of a scalar's value stands."""

    def __init__(self, scalar: Scalar, source: Source) -> None:
        self._scalar = scalar
        self._source = source
        self._places = places(scalar, source)

    def mark(self, offset: int) -> Mark:
        """Return the place of `value[offset]`; the scalar's own where it cannot be told."""
        nth = sum(not character.isspace() for character in self._scalar.value[:offset])
        if nth >= len(self._places):
            return self._scalar.mark
        return self._source.mark(self._places[nth])


@dataclass(frozen=True, slots=True)
class Escape:
    """An escape between double quotes that gave a character no author wants."""

    mark: Mark
    character: str
    command: str | None


# The escapes of YAML that LaTeX commands begin with, and what they turn into.
_UNWANTED = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_LATEX_N = re.compile(
    r"\\n(abla|earrow|eg|eq|ewline|e|exists|ge|i|le|mid|onumber|orm|otin|ot|u|warrow)\b"
)


def unwanted_escapes(scalar: Scalar, source: Source) -> Iterator[Escape]:
    r"""Yield each escape of a double-quoted text that was most likely meant as LaTeX.

    `\n` is a line break that an author may want, unless a LaTeX command such as `\nabla` follows.
    """
    if scalar.style != '"':
        return
    raw = source.text[scalar.start : scalar.end]
    for match in _ESCAPED.finditer(raw):
        character = _unwanted(match[0], raw[match.start() :])
        if character is not None:
            command = re.match(r"\\[A-Za-z]{2,}", raw[match.start() :])
            mark = source.mark(scalar.start + match.start())
            yield Escape(mark, character, command[0] if command else None)


def _unwanted(escape: str, rest: str) -> str | None:
    """Return the character that an escape gives, where no author wants it."""
    if len(escape) < 2 or escape[0] != "\\":
        return None
    if escape[1] in "xuU":
        character = chr(int(escape.lstrip("\\xuU"), 16))
        return character if unicodedata.category(character) == "Cc" else None
    return _UNWANTED.get(escape[1], "\n" if _LATEX_N.match(rest) else None)


_CONTROL_NAMES: dict[str, Bilingual] = {
    "\0": Bilingual(zh="空字符", en="a null character"),
    "\a": Bilingual(zh="响铃符", en="a bell character"),
    "\b": Bilingual(zh="退格符", en="a backspace"),
    "\t": Bilingual(zh="制表符", en="a tab"),
    "\n": Bilingual(zh="换行符", en="a line break"),
    "\v": Bilingual(zh="垂直制表符", en="a vertical tab"),
    "\f": Bilingual(zh="换页符", en="a form feed"),
    "\r": Bilingual(zh="回车符", en="a carriage return"),
    "\x1b": Bilingual(zh="ESC 字符", en="an escape character"),
    "\x85": Bilingual(zh="NEL 换行符", en="a next-line character"),
    "\xa0": Bilingual(zh="不换行空格", en="a no-break space"),
    "\u2028": Bilingual(zh="行分隔符", en="a line separator"),
    "\u2029": Bilingual(zh="段分隔符", en="a paragraph separator"),
}


def control_name(character: str) -> Bilingual:
    """Return what a control character is called."""
    code = f"U+{ord(character):04X}"
    return _CONTROL_NAMES.get(
        character, Bilingual(zh=f"控制字符 {code}", en=f"the character {code}")
    )
