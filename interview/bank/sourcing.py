"""Figures that nothing vouches for: neither the demo, nor a derivation, nor a source.

What an answer measured or read somewhere is only as good as where it comes from. A figure is
vouched for by the demo's output or code, by the question's own text, by a derivation that stands
beside it (`=` or `≈`), or by `[^n]` in its sentence, which names the n-th of `sources`.
"""

import re
from collections.abc import Iterator
from itertools import chain

from interview.bank.faults import Findings
from interview.bank.figures import Figure, figures
from interview.bank.leaves import Passage
from interview.bank.markup import MATHS, take_apart
from interview.bank.parse import Parsed
from interview.bank.scalars import Locator
from interview.bank.source import Source
from interview.language import Bilingual, Lang

REFERENCE = re.compile(r"\[\^(\d+)\]")

_SENTENCE_END = re.compile(r"[。；！？\n]|[.;!?](?=\s|$)")
_DERIVED = re.compile(r"[=≈]|\\approx")
_LARGE = 1000
_YEARS = range(1900, 2100)
_NAMED = re.compile(
    r"(?:\b(?:arXiv:|[Tt]able|[Ff]ig(?:ure|\.)|[Ee]q\.|[Ss]ection|[Ll]emma|[Tt]heorem|"
    r"[Aa]ppendix|torch|PyTorch|Python|Llama|Qwen|Gemma|OLMo|Mistral|issue|request|PR)|§|表|图|式|"
    r"节|附录)\s*$"
)
_ARXIV_ID = re.compile(r"\d{4}\.\d{4,5}")
_ROUNDINGS = (1.0, 100.0, 0.01)  # a share may be told as a percentage
_KNOWN = frozenset({65504.0})  # the largest float16


def without_references(prose: str) -> str:
    """Hide the source numbers: they are no figures."""
    return REFERENCE.sub(lambda match: " " * len(match[0]), prose)


def judge_sourcing(parsed: Parsed, source: Source, findings: Findings) -> None:
    """Report figures of the answer that nothing vouches for, and sources that are not there."""
    vouched = set(_vouched(parsed))
    for passage in parsed.passages:
        if passage.where[0] != "answer":
            continue
        for figure in _unsourced(passage, vouched):
            findings.add(
                "unsourced-figure",
                Locator(passage.scalar, source).mark(figure.offset),
                zh=f"数字 {figure.text} 没有出处",
                en=f"nothing vouches for the figure {figure.text}",
                hint=Bilingual(
                    zh="让 demo 算出它，写出推导，或在这句话里用 [^n] 指明是第几条出处",
                    en="have the demo print it, show how it follows, or name its source in the "
                    "sentence: [^n] is the n-th of `sources`",
                ),
            )
        _judge_references(passage, parsed, source, findings)


def _judge_references(passage: Passage, parsed: Parsed, source: Source, findings: Findings) -> None:
    count = len(parsed.values.get("sources", ()))
    for match in REFERENCE.finditer(take_apart(passage.scalar.value).prose):
        if not 1 <= int(match[1]) <= count:
            findings.add(
                "unsourced-figure",
                Locator(passage.scalar, source).mark(match.start()),
                zh=f"没有第 {match[1]} 条出处",
                en=f"there is no source number {match[1]}",
                hint=Bilingual(zh=f"sources 里有 {count} 条", en=f"`sources` has {count} of them"),
            )


def _vouched(parsed: Parsed) -> Iterator[float]:
    """Yield every number of what is computed or given: demo, output, code, prompt, choices."""
    values = parsed.values
    expect = values.get("expect")
    if isinstance(expect, dict) and isinstance(expect.get("value"), int | float):
        yield float(expect["value"])
    texts = [values.get(name) for name in ("demo", "output", "code")]
    told = [one.scalar.value for one in parsed.passages if one.where[0] in {"prompt", "choices"}]
    for text in chain(texts, told):
        if isinstance(text, str):
            for lang in Lang:
                yield from (abs(one.value) for one in figures(text.replace("_", ""), lang))


def _unsourced(passage: Passage, vouched: set[float]) -> Iterator[Figure]:
    text = passage.scalar.value
    prose = take_apart(text).prose
    for start, end in _sentences(prose):
        if REFERENCE.search(prose, start, end) or _derives(text, prose, start, end):
            continue
        for figure in figures(prose[start:end], passage.lang):
            before = prose[max(start, start + figure.offset - 16) : start + figure.offset]
            if _claims(figure, before) and not _is_vouched(figure, vouched):
                yield Figure(
                    figure.text, figure.value, start + figure.offset, figure.places, figure.scale,
                    figure.percent,
                )  # fmt: skip


def _sentences(prose: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _SENTENCE_END.finditer(prose):
        yield start, match.end()
        start = match.end()
    yield start, len(prose)


def _derives(text: str, prose: str, start: int, end: int) -> bool:
    """Tell whether a sentence shows how a number comes about, in prose or in a formula."""
    formulas = (match[0] for match in MATHS.finditer(text, start, end))
    return any(_DERIVED.search(part) for part in (prose[start:end], *formulas))


def _claims(figure: Figure, before: str) -> bool:
    """Tell whether a number is a finding: one that is measured or reported, not counted."""
    if _NAMED.search(before) or _ARXIV_ID.fullmatch(figure.text) or figure.value in _KNOWN:
        return False
    if figure.scale != 1.0:  # the size of something: 7B parameters, 400 million tokens
        return False
    if figure.percent or figure.places:
        return True
    value = abs(figure.value)
    round_number = value.is_integer() and (_is_power(value, 2) or _is_power(value, 10))
    return value >= _LARGE and int(value) not in _YEARS and not round_number


def _is_power(value: float, base: int) -> bool:
    while value > 1 and value % base == 0:
        value /= base
    return value == 1


def _is_vouched(figure: Figure, vouched: set[float]) -> bool:
    value, half_a_place = abs(figure.value), 0.5000001 * figure.scale * 10.0**-figure.places
    return any(
        abs(one * factor - value) <= half_a_place for one in vouched for factor in _ROUNDINGS
    )
