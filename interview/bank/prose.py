"""Rules of good prose: Chinese punctuation and spacing, fences and formulas that are closed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from interview.bank.faults import Findings
from interview.bank.leaves import Passage
from interview.bank.markup import CODE, EMPHASIS_MARK, FENCE, MATHS, SPAN, mask, mask_fences
from interview.bank.scalars import Locator
from interview.bank.source import Source
from interview.language import Bilingual, Lang

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
WIDE = f"{HAN}\u3000-\u303f\uff00-\uffef\u2014\u2018-\u201d\u2026"

_FULL_WIDTH = {",": "，", ".": "。", ";": "；", ":": "：", "?": "？", "!": "！", "...": "……"}
_HALF_WIDTH = re.compile(rf"[{HAN}”’）」』】》]{EMPHASIS_MARK}*(\.\.\.|[,.;:?!])")
_LATIN = rf"A-Za-z0-9\u0370-\u03ff{CODE}"
_TIGHT = re.compile(
    rf"(?<=[{HAN}])(?={EMPHASIS_MARK}*[{_LATIN}])|[{_LATIN}]{EMPHASIS_MARK}*(?=[{HAN}])"
)
_FOLDED = re.compile(rf"[{WIDE}] +(?=[{WIDE}])")
_EMPHASIS = re.compile(r"(\*{1,3}|~~)(?=[^\s*~])([^*~]+?)(?<=[^\s*~])\1")
_LINK = re.compile(r"(?<=\])\([^()\s]*\)|<?https?://[^\s<>，。；]+>?")


@dataclass(frozen=True, slots=True)
class _Remark:
    rule: str
    offset: int
    message: Bilingual
    hint: Bilingual | None = None


def judge_prose(passages: tuple[Passage, ...], source: Source, findings: Findings) -> None:
    """Report where the texts of a question break the rules of good prose."""
    for passage in passages:
        remarks = list(_remarks(passage))
        locator = Locator(passage.scalar, source) if remarks else None
        for remark in remarks:
            findings.add(
                remark.rule,
                locator.mark(remark.offset) if locator else passage.scalar.mark,
                zh=remark.message.zh,
                en=remark.message.en,
                hint=remark.hint,
            )


def _remarks(passage: Passage) -> Iterator[_Remark]:
    text = passage.scalar.value
    masked = mask_fences(text)
    yield from _unclosed_fence(masked, text)
    masked = mask(SPAN, masked, CODE)
    yield from _unclosed_span(masked)
    yield from _odd_dollar(masked)
    yield from _wrong_language(passage, masked)
    if passage.lang is Lang.ZH:
        yield from _folded(passage, masked)
        masked = mask(_LINK, mask(MATHS, masked, CODE), " ")
        yield from _chinese(_EMPHASIS.sub(_mark_emphasis, masked))


# ── what is no prose ─────────────────────────────────────────────────────────────────────────


def _mark_emphasis(match: re.Match[str]) -> str:
    mark = EMPHASIS_MARK * len(match[1])
    return mark + match[2] + mark


# ── what is not closed ───────────────────────────────────────────────────────────────────────


def _unclosed_fence(masked: str, text: str) -> Iterator[_Remark]:
    match = FENCE.search(masked)
    if match:
        yield _Remark(
            "unclosed",
            text.index(match[1], match.start()),
            Bilingual(zh="代码块没有闭合", en="this code fence is not closed"),
            Bilingual(
                zh=f"另起一行写 {match[1]}", en=f"end it with {match[1]} on a line of its own"
            ),
        )


def _unclosed_span(masked: str) -> Iterator[_Remark]:
    if FENCE.search(masked):
        return
    for match in re.finditer(r"`+", masked):
        yield _Remark(
            "unclosed",
            match.start(),
            Bilingual(zh="反引号没有配对", en="this backtick has no partner"),
        )


def _odd_dollar(masked: str) -> Iterator[_Remark]:
    """A formula ends before the paragraph does; `$$` may open and close on lines of their own."""
    for paragraph in re.finditer(r"(?:.+\n?)+", masked):
        dollars = [match.start() for match in re.finditer(r"(?<!\\)\$", paragraph[0])]
        if len(dollars) % 2:
            yield _Remark(
                "unclosed",
                paragraph.start() + dollars[-1],
                Bilingual(
                    zh="$ 的个数是奇数：有公式没有闭合", en="an odd number of $: a formula is open"
                ),
                Bilingual(zh=r"要写美元符号时用 \$", en=r"for a dollar sign write \$"),
            )


# ── languages ────────────────────────────────────────────────────────────────────────────────


def _wrong_language(passage: Passage, masked: str) -> Iterator[_Remark]:
    han = len(re.findall(f"[{HAN}]", masked))
    words = len(re.findall(r"[A-Za-z]{2,}", mask(MATHS, masked, CODE)))
    if passage.lang is Lang.EN and han > words:
        yield _Remark(
            "wrong-language", 0, Bilingual(zh="en 里写的是中文", en="the `en` text is Chinese")
        )
    if passage.lang is Lang.ZH and not han and words > _NAMES:
        yield _Remark(
            "wrong-language", 0, Bilingual(zh="zh 里没有中文", en="the `zh` text has no Chinese")
        )


_NAMES = 6  # a Chinese text may be all names, such as “Pre-LN Transformer”, but not this many


def _folded(passage: Passage, masked: str) -> Iterator[_Remark]:
    """Folding joins two lines with a space, which Chinese does not put between words."""
    scalar = passage.scalar
    if scalar.style == "|" or scalar.lines == 1:
        return
    match = _FOLDED.search(masked)
    if match:
        yield _Remark(
            "folded-chinese",
            match.start(),
            Bilingual(
                zh="换行在这里变成汉字之间的空格",
                en="the line break here becomes a space between Chinese characters",
            ),
            Bilingual(
                zh="改用 | 文本块，或写在一行里", en="use a | block, or write it on one line"
            ),
        )


def _chinese(text: str) -> Iterator[_Remark]:
    for match in _HALF_WIDTH.finditer(text):
        mark = match[1]
        wanted = _FULL_WIDTH[mark]
        yield _Remark(
            "half-width-punctuation",
            match.start(1),
            Bilingual(zh=f"汉字后面用了半角的 {mark}", en=f"half-width {mark} after Chinese"),
            Bilingual(zh=f"改成“{wanted}”", en=f"write {wanted}"),
        )
    for match in _TIGHT.finditer(text):
        yield _Remark(
            "missing-space",
            match.end(),
            Bilingual(
                zh="汉字与字母、数字、代码、公式之间缺一个空格",
                en="no space between Chinese and a letter, digit, code or formula",
            ),
        )
