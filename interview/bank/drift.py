"""Where the two languages of a text no longer say the same: numbers, formulas, code, sources.

A number in digits may be a word in the other language (`twice`, 两倍). Comments in code and words
in formulas are prose, so they are not compared.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from interview.bank.faults import Findings
from interview.bank.figures import figures, words_for_numbers
from interview.bank.leaves import Passage, Where
from interview.bank.markup import Piece, take_apart
from interview.bank.scalars import Locator
from interview.bank.source import Source
from interview.bank.sourcing import REFERENCE, without_references
from interview.language import Bilingual, Lang

_WORDS = re.compile(r"\\(?:text|mathrm|operatorname)\{[^{}]*\}")
_SPACES = re.compile(r"\s+|\\[,;:! ]|\\q?quad")
_COMMENT = re.compile(r"#.*")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class _Said:
    """What one language says of one kind of thing: each with the place where it first stands."""

    things: Mapping[Any, Piece]
    excused: frozenset[float] = frozenset()


def judge_drift(passages: Iterable[Passage], source: Source, findings: Findings) -> None:
    """Report what stands in one language of a text and not in the other."""
    pairs: dict[Where, dict[Lang, Passage]] = {}
    for passage in passages:
        pairs.setdefault(passage.where[:-1], {})[passage.lang] = passage
    for pair in pairs.values():
        if len(pair) == len(Lang):
            _judge_pair(pair, source, findings)


def _judge_pair(pair: Mapping[Lang, Passage], source: Source, findings: Findings) -> None:
    said = {lang: _say(passage.scalar.value, lang) for lang, passage in pair.items()}
    for lang, passage in pair.items():
        for kind, name in _KINDS.items():
            for piece in _missing(said[lang][kind], said[lang.other][kind]):
                mark = Locator(passage.scalar, source).mark(piece.offset)
                zh = "英文里没有" if lang is Lang.ZH else "中文里没有"
                en = "is not in the English text" if lang is Lang.ZH else "is not in the Chinese"
                findings.add(
                    "drift",
                    mark,
                    zh=f"{name.zh} {_shown(piece.text)} 在{zh}",
                    en=f"the {name.en} {_shown(piece.text)} {en}",
                    hint=Bilingual(
                        zh="两种语言要说同样的内容：数字、公式、代码、出处编号都要一致",
                        en="both languages say the same: numbers, formulas, code and sources agree",
                    ),
                )


_KINDS = {
    "number": Bilingual(zh="数字", en="number"),
    "formula": Bilingual(zh="公式", en="formula"),
    "code": Bilingual(zh="代码", en="code"),
    "source": Bilingual(zh="出处编号", en="source number"),
}


def _shown(text: str, most: int = 40) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most]}…"


def _missing(here: _Said, there: _Said) -> Iterator[Piece]:
    for thing, piece in here.things.items():
        if thing not in there.things and thing not in there.excused:
            yield piece


def _say(text: str, lang: Lang) -> dict[str, _Said]:
    parts = take_apart(text)
    prose = without_references(parts.prose)
    numbers = {one.value: Piece(one.text, one.offset) for one in figures(prose, lang)}
    words = words_for_numbers(prose, lang)
    # A number may be part of a name, a formula or code here and stand alone in the other language.
    digits = {float(run) for run in _DIGITS.findall(text)}
    return {
        "number": _Said(numbers, frozenset(words | {1 / word for word in words if word} | digits)),
        "formula": _Said(dict(_formulas(parts.formulas))),
        "code": _Said({_plain_code(piece.text): piece for piece in parts.code}),
        "source": _Said({m[1]: Piece(m[0], m.start()) for m in REFERENCE.finditer(parts.prose)}),
    }


def _plain_code(code: str) -> tuple[str, ...]:
    return tuple(_COMMENT.sub("", code).split())


def _formulas(formulas: Iterable[Piece]) -> Iterator[tuple[str, Piece]]:
    """Yield the parts of each formula, as `$a, b$` says what `$a$ and $b$` says."""
    for piece in formulas:
        plain = _SPACES.sub("", _WORDS.sub("", piece.text)).replace("，", ",").rstrip(".,;。；")
        for part in _split(plain):
            yield part, Piece(part, piece.offset)


def _split(formula: str) -> Iterator[str]:
    """Split at commas that stand outside of all brackets."""
    depth, start = 0, 0
    for index, character in enumerate(formula):
        depth += (character in "({[") - (character in ")}]")
        if character == "," and depth == 0:
            yield formula[start:index]
            start = index + 1
    yield formula[start:]
