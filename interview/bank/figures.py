"""Numbers in prose: where they stand and what they are worth, in either language."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from interview.language import Lang

# A number that a letter or a point precedes belongs to a name: GPT-2, fp16, §3.2, R50.
_NUMBER = re.compile(
    r"(?<![\w.§])(?<![A-Za-z]-)(?P<sign>[-−])?(?P<digits>\d[\d,]*\d|\d)(?P<fraction>\.\d+)?"
    r"(?P<exponent>[eE][-−+]?\d{1,2}(?!\d))?(?P<suffix>[kMBT](?![A-Za-z]))?"
)
_LONGEST = 60  # characters
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+")
_SUFFIXES = {"k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
_SCALES = {
    Lang.ZH: {"万亿": 1e12, "亿": 1e8, "万": 1e4},
    Lang.EN: {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12},
}
_WORDS_EN: dict[float, str] = {
    0: "zero zeros no none nothing",
    1: "one ones unit once first single alone each same a an",
    2: "two twice double doubles doubled doubling both second half halves pair",
    3: "three third thirds triple",
    4: "four fourth quarter quarters",
    5: "five fifth", 6: "six sixth", 7: "seven seventh", 8: "eight eighth", 9: "nine ninth",
    10: "ten tenth", 11: "eleven", 12: "twelve",
    100: "hundred hundreds hundredth", 1000: "thousand thousands", 1e6: "million", 1e9: "billion",
}  # fmt: skip
_VALUES = {word: value for value, words in _WORDS_EN.items() for word in words.split()}
_HAN_DIGITS: dict[str, float] = dict(zip("零一二三四五六七八九十", range(11), strict=True)) | {
    "两": 2, "双": 2, "倍": 2, "半": 2, "单": 1, "无": 0, "没": 0, "不": 0, "百": 100, "千": 1000,
    "万": 1e4, "亿": 1e8, "首": 1, "各": 1, "每": 1, "同": 1, "个": 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """A number written in digits: its text, its value, and where it begins.

    `places` counts the decimals as written, before a scale such as 亿 or `million` multiplies
    them; `scale` is that factor. `percent` is set where a percent sign follows.
    """

    text: str
    value: float
    offset: int
    places: int
    scale: float
    percent: bool


def figures(prose: str, lang: Lang) -> Iterator[Figure]:
    """Yield the numbers of a text from which code and formulas are masked."""
    for match in _NUMBER.finditer(prose):
        digits = match["digits"]
        if len(match[0]) > _LONGEST:  # nobody reads it as a number
            continue
        if "," in digits and not _GROUPED.fullmatch(digits):
            yield from _listed(match)
            continue
        yield _figure(match, digits.replace(",", ""), prose[match.end() :], lang)


def _listed(match: re.Match[str]) -> Iterator[Figure]:
    """Yield the numbers of `1,2,3`, which is a list and not one number."""
    start = match.start("digits")
    for part in re.finditer(r"\d+", match["digits"]):
        yield Figure(part[0], float(part[0]), start + part.start(), 0, 1.0, percent=False)


def _figure(match: re.Match[str], digits: str, rest: str, lang: Lang) -> Figure:
    fraction, exponent = match["fraction"] or "", (match["exponent"] or "").replace("−", "-")
    sign = "-" if match["sign"] else ""
    scale = _SUFFIXES.get(match["suffix"] or "", 1.0)
    following = rest.lstrip(" -")
    scale *= next((v for word, v in _SCALES[lang].items() if following.startswith(word)), 1.0)
    value = float(f"{float(f'{sign}{digits}{fraction}{exponent}') * scale:.12g}")
    places = max(len(fraction) - 1, 0) - int(exponent[1:] or 0)
    return Figure(match[0], value, match.start(), places, scale, following.startswith("%"))


def words_for_numbers(prose: str, lang: Lang) -> set[float]:
    """Return the values that a text may name in words: `twice`, 两倍, 一半."""
    if lang is Lang.ZH:
        return {value for one, value in _HAN_DIGITS.items() if one in prose}
    words = re.findall(r"[a-z]+", prose.lower())
    return {_VALUES[word] for word in words if word in _VALUES}
