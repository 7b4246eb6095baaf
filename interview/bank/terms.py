"""Terms as the glossary has them: one translation each, and none of the spellings to avoid."""

import re
from collections.abc import Iterator, Mapping

from interview.bank.faults import Findings
from interview.bank.glossary import Glossary, Term
from interview.bank.leaves import Passage
from interview.bank.markup import take_apart
from interview.bank.prose import HAN
from interview.bank.scalars import Locator
from interview.bank.source import Source
from interview.language import Bilingual, Lang

# 层归一化（layer normalization，LN）: a term and its English name, where it is first used.
_INTRODUCED = re.compile(rf"[*_]*(?P<han>[{HAN}]+)[*_]*（(?P<names>[A-Za-z][^（）\n]*)）")
_BETWEEN = re.compile(r"[，、,；;]\s*|\s+/\s+")
_NAME = re.compile(r"[A-Za-z][A-Za-z\-’' ]*[A-Za-z]")


class Terms:
    """A glossary made ready for looking terms up by their English name."""

    def __init__(self, glossary: Glossary) -> None:
        self._by_english: dict[str, list[Term]] = {}
        for term in glossary:
            for name in term.spellings(Lang.EN):
                self._by_english.setdefault(_key(name), []).append(term)
        self._avoided: Mapping[Lang, list[tuple[re.Pattern[str], str, Term]]] = {
            lang: [
                (_spelled(bad, lang), bad, term) for term in glossary for bad in term.avoid[lang]
            ]
            for lang in Lang
        }

    def judge(self, passages: tuple[Passage, ...], source: Source, findings: Findings) -> None:
        """Report spellings to avoid, unknown terms, and terms that are translated differently."""
        for passage in passages:
            prose = take_apart(passage.scalar.value).prose
            locator = Locator(passage.scalar, source)
            for offset, bad, term in self._wrong_spellings(prose, passage.lang):
                good = term.name[passage.lang]
                findings.add(
                    "term",
                    locator.mark(offset),
                    zh=f"“{bad}”应写作“{good}”",
                    en=f'write "{good}", not "{bad}"',
                )
            if passage.lang is Lang.ZH:
                self._judge_introductions(prose, locator, findings)

    def _wrong_spellings(self, prose: str, lang: Lang) -> Iterator[tuple[int, str, Term]]:
        for pattern, bad, term in self._avoided[lang]:
            for match in pattern.finditer(prose):
                yield match.start(), bad, term

    def _judge_introductions(self, prose: str, locator: Locator, findings: Findings) -> None:
        for match in _INTRODUCED.finditer(prose):
            for name in filter(_NAME.fullmatch, _BETWEEN.split(match["names"])):
                known = self._by_english.get(_key(name))
                if known is None:
                    findings.add(
                        "unknown-term",
                        locator.mark(match.start("names")),
                        zh=f"术语表里没有 {name}",
                        en=f'the glossary has no term "{name}"',
                        hint=Bilingual(
                            zh="改用术语表里的说法，或把它加进 questions/glossary.yaml",
                            en="use the glossary's word, or add this to questions/glossary.yaml",
                        ),
                    )
                elif not _translates(known, match["han"]):
                    right = "、".join(dict.fromkeys(one.name.zh for one in known))
                    findings.add(
                        "term",
                        locator.mark(match.start("names")),
                        zh=f"{name} 在术语表里是“{right}”",
                        en=f"the glossary translates {name} as {right}",
                    )


def _key(name: str) -> str:
    return re.sub(r"[\s\-]+", " ", name).strip().casefold()


def _translates(terms: list[Term], before: str) -> bool:
    """Tell whether the Chinese before a bracket is one of the terms; a mere name has none."""
    return any(
        before.endswith(spelling) or not re.search(f"[{HAN}]", spelling)
        for term in terms
        for spelling in term.spellings(Lang.ZH)
    )


def _spelled(word: str, lang: Lang) -> re.Pattern[str]:
    if lang is Lang.ZH:
        return re.compile(re.escape(word))
    return re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])", re.IGNORECASE)
