"""Typed answers read as what they mean: a number, a shape, the letters of choices.

What cannot be read is not wrong: it raises `UnreadableError`, which says what can be, and the
quiz asks again.
"""

import math
import re
import unicodedata
from dataclasses import dataclass

from interview.bank.model import ExpectedNumber, ExpectedShape
from interview.errors import InterviewError
from interview.language import Bilingual
from interview.review.arithmetic import NotArithmeticError, evaluate, normal


class UnreadableError(InterviewError):
    """A typed answer that is neither right nor wrong; the message says what is accepted."""


Shape = tuple[int | str, ...]


def read_answer(text: str, expect: ExpectedNumber | ExpectedShape) -> float | Shape:
    """Return the number (in the unit asked for) or the shape that was typed.

    Raises:
        UnreadableError: where it is neither right nor wrong, but something else.
    """
    if isinstance(expect, ExpectedShape):
        return read_shape(text)
    return read_number(text, expect.unit)


def agrees(value: float | Shape, expect: ExpectedNumber | ExpectedShape) -> bool:
    """Say whether what was read is what was expected."""
    if isinstance(expect, ExpectedShape):
        return isinstance(value, tuple) and same_shape(value, expect.shape)
    return not isinstance(value, tuple) and close_enough(value, expect)


def close_enough(value: float, expect: ExpectedNumber) -> bool:
    """Say whether a value lies within the tolerance, with room for the rounding of floats."""
    if math.isnan(expect.value):
        return math.isnan(value)
    if math.isinf(expect.value) or not math.isfinite(value):
        return value == expect.value
    return abs(value - expect.value) <= expect.tolerance + 1e-9 * abs(expect.value)


# ── numbers ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Unit:
    """A unit as a factor of a base, so that `2 GB` can answer a question that asks for MB."""

    factor: float
    base: str


_DECIMAL = {"": 1.0, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}
_SMALL = {"": 1.0, "m": 1e-3, "u": 1e-6, "μ": 1e-6, "n": 1e-9}
_BINARY = {"Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40}
_UNITS: dict[str, _Unit] = {
    **{f"{prefix}B": _Unit(factor, "byte") for prefix, factor in (_DECIMAL | _BINARY).items()},
    **{f"{prefix}FLOPs": _Unit(factor, "flop") for prefix, factor in _DECIMAL.items()},
    **{f"{prefix}FLOP": _Unit(factor, "flop") for prefix, factor in _DECIMAL.items()},
    **{f"{prefix}s": _Unit(factor, "second") for prefix, factor in _SMALL.items()},
    **dict.fromkeys(("byte", "bytes", "字节"), _Unit(1.0, "byte")),
    **dict.fromkeys(("second", "seconds", "秒"), _Unit(1.0, "second")),
    "毫秒": _Unit(1e-3, "second"),
    "微秒": _Unit(1e-6, "second"),
    **dict.fromkeys(("%", "percent", "个百分点"), _Unit(0.01, "one")),
    "‰": _Unit(0.001, "one"),
}
_TIMES = frozenset({"x", "倍", "times", "fold"})
_MAGNITUDES = {
    **dict.fromkeys(("k", "K", "千", "thousand"), 1e3),
    **dict.fromkeys(("M", "百万", "million"), 1e6),
    **dict.fromkeys(("G", "B", "十亿", "billion"), 1e9),
    **dict.fromkeys(("T", "万亿", "trillion"), 1e12),
    "万": 1e4,
    "十万": 1e5,
    "千万": 1e7,
    "亿": 1e8,
    "百亿": 1e10,
    "千亿": 1e11,
}
_MAGNITUDE = re.compile(
    f"({'|'.join(sorted(_MAGNITUDES, key=len, reverse=True))})(?![A-Za-z])\\s*(.*)", re.DOTALL
)
_LEADING = re.compile(r"^(?:about|approximately|roughly|大约|大概|约为|约|[~∼])\s*", re.IGNORECASE)


def read_number(text: str, unit: Bilingual | None = None) -> float:
    """Return the number that was typed, in `unit` where the question names one.

    `93.5%` is 0.935, or 93.5 where the unit is a percentage; after `=` or `≈` counts what
    stands last.

    Raises:
        UnreadableError: where it is no number, or in a unit that does not fit.
    """
    last = re.split(r"[=≈≃≅]", normal(text))[-1].strip().rstrip("。.!*")
    body = _LEADING.sub("", last)
    if body.lower() in {"nan", "not a number"}:
        return math.nan
    try:
        value, rest = evaluate(body.replace("无穷大", "inf").replace("无穷", "inf"))
    except NotArithmeticError as error:
        raise _no_number(unit) from error
    return value * _factor(rest, unit)


def _factor(rest: str, unit: Bilingual | None) -> float:
    """Return what the words after a number multiply it by: a magnitude, a unit, or a noun."""
    found = _MAGNITUDE.fullmatch(rest)
    factor, noun = (_MAGNITUDES[found[1]], found[2]) if found else (1.0, rest)
    if unit is not None and (known := _in_unit(rest, unit) or _in_unit(noun, unit, factor)):
        return known
    if re.search(r"[\d^=+()]", noun):
        raise _no_number(unit)
    if unit is not None and noun:
        raise UnreadableError(
            zh=f"读不懂单位“{rest}”；请用“{unit.zh}”，或只写数",
            en=f"cannot read the unit “{rest}”: use “{unit.en}”, or the bare number",
        )
    given = _UNITS.get(noun)
    return factor * given.factor if given and given.base == "one" else factor


def _in_unit(given: str, unit: Bilingual, factor: float = 1.0) -> float | None:
    """Return the factor from `given` to the unit asked for; None where they do not fit."""
    asked = {normal(unit.zh), normal(unit.en)}
    if _same_word(given.casefold(), {name.casefold() for name in asked}):
        return factor
    wanted = next((_UNITS[name] for name in asked if name in _UNITS), _Unit(1.0, "one"))
    known = _UNITS.get(given.replace(" ", ""))
    fits = known is not None and known.base == wanted.base
    return factor * known.factor / wanted.factor if known and fits else None


def _same_word(given: str, names: set[str]) -> bool:
    """Say whether a word is the unit: spelt out, shortened (`个`, `params`), or `x` for `倍`."""
    if given in names or (names & _TIMES and given in _TIMES):
        return True
    stem = given.rstrip("s")
    return bool(stem) and any(name.startswith(stem) for name in names if not _is_measure(name))


def _is_measure(name: str) -> bool:
    return any(name == known.casefold() for known in _UNITS)


def _no_number(unit: Bilingual | None) -> UnreadableError:
    zh = f"（单位：{unit.zh}）" if unit else ""
    en = f" ({unit.en})" if unit else ""
    return UnreadableError(
        zh=f"没读出数来，请写成 0.935、7/8、93.5%、1e-5、2^40、sqrt(7/8) 或 1,024{zh}",
        en=f"not a number: write it as 0.935, 7/8, 93.5%, 1e-5, 2^40, sqrt(7/8) or 1,024{en}",
    )


# ── shapes ───────────────────────────────────────────────────────────────────────────────────

_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_SQUARE = str.maketrans("【】〔〕", "[][]")
_SIZE = re.compile(r"\w+(?:(?:[*+-]|//?)\w+)*")
_BARE = re.compile(r"\d+|[^\W\d_]")


def read_shape(text: str) -> Shape:
    """Return the shape that was typed: `(B, 16, 32)`, `[B,16,32]`, `B x 16 x 32`, `B 16 32`.

    Raises:
        UnreadableError: where it is no shape.
    """
    body = _unwrapped(unicodedata.normalize("NFKC", text).translate(_SQUARE).strip().rstrip("。.;"))
    if body.casefold() in {"", "scalar", "标量"} and text.strip():
        return ()
    sizes, size_form = _sizes(body)
    if not sizes or not all(size_form.fullmatch(size) for size in sizes):
        raise UnreadableError(
            zh="没读出形状来，请写成 (B, 16, 32)、[B,16,32] 或 B x 16 x 32",
            en="not a shape: write it as (B, 16, 32), [B,16,32] or B x 16 x 32",
        )
    return tuple(int(size) if size.isdecimal() else size for size in sizes)


def same_shape(given: Shape, expected: Shape) -> bool:
    """Say whether two shapes agree; letters in either case, factors in any order."""
    return [_canonical(size) for size in given] == [_canonical(size) for size in expected]


def _unwrapped(text: str) -> str:
    """Strip `torch.Size(…)`, `shape:` and the brackets around a shape."""
    body = re.sub(
        r"^(?:torch\.)?size(?=\s*\()|^(?:the\s+)?shape\s*(?:is|[:=])?|^形状\s*[是为:=]?",
        "",
        text,
        flags=re.IGNORECASE,
    ).strip()
    while body[:1] in _BRACKETS and body.endswith(_BRACKETS[body[0]]):
        body = body[1:-1].strip()
    return body


def _sizes(body: str) -> tuple[list[str], re.Pattern[str]]:
    """Cut at the separator that was used; return the parts and the form that each must have."""
    if re.search(r"[,、;]", body):
        parts = re.split(r"[,、;]", re.sub(r"\s+", "", body).replace("×", "*"))
        return parts[: -1 if len(parts) > 1 and not parts[-1] else None], _SIZE
    crosses = r"[×*]|(?<=\s)[xX](?=\s)|(?<=\d)[xX](?=\w)|(?<=\w)[xX](?=\d)"
    if re.search(crosses, body):
        return [part.strip() for part in re.split(crosses, body)], _SIZE
    # With spaces alone, words are a sentence: only sizes and single letters make a shape.
    return body.split(), _BARE


def _canonical(size: int | str) -> str:
    text = re.sub(r"\s+", "", str(size)).casefold().replace("×", "*").replace("//", "/")
    return "*".join(sorted(text.split("*")))


# ── letters ──────────────────────────────────────────────────────────────────────────────────


def read_letters(text: str, count: int) -> frozenset[int]:
    """Return the positions (from 0) of the choices named: `A`, `ac`, `A, C`, `Ａ、Ｃ`, `a和c`.

    Raises:
        UnreadableError: where it names none of the `count` choices, or something else.
    """
    body = unicodedata.normalize("NFKC", text).casefold()
    body = re.sub(r"\b(?:and|option|choice)\b|和|与|及|选|答案|是", " ", body)
    letters = re.sub(r"[\s,、;.。()/&+:]", "", body)
    positions = frozenset(ord(letter) - ord("a") for letter in letters)
    if not letters or not positions <= frozenset(range(count)):
        last = chr(ord("A") + count - 1)
        raise UnreadableError(
            zh=f"请输入 A 到 {last} 中的字母，多选如 AC",
            en=f"type letters from A to {last}; several as in AC",
        )
    return positions
