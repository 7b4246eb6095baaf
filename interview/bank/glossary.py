"""The bank's terms: how each is said in either language, and what it means."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interview.bank.faults import Findings
from interview.bank.fields import LINE, PROSE, Field, ListOf, Record, Text
from interview.bank.model import QUESTION_ID
from interview.bank.parse import Parsed, parse_record
from interview.bank.scan import GLOSSARY_FILE
from interview.bank.source import Source, read_source
from interview.language import Bilingual, Lang


@dataclass(frozen=True, slots=True)
class Term:
    """One notion: its name and other spellings in each language, and what it means.

    `avoid` holds spellings that are wrong for it; `question` is the id of the question that
    teaches it.
    """

    name: Bilingual
    about: Bilingual
    also: Mapping[Lang, tuple[str, ...]]
    avoid: Mapping[Lang, tuple[str, ...]]
    question: str | None = None

    def spellings(self, lang: Lang) -> tuple[str, ...]:
        """Return every right spelling in a language, the name first."""
        return (self.name[lang], *self.also[lang])


@dataclass(frozen=True, slots=True)
class Glossary:
    """The terms of a bank, in the order of its file."""

    terms: tuple[Term, ...] = ()

    def __iter__(self) -> Iterator[Term]:
        return iter(self.terms)

    def find(self, text: str) -> list[Term]:
        """Return the terms that `text` names, else those with a spelling that holds it."""
        wanted = text.casefold().strip()
        named = [one for one in self if wanted in _folded(one)]
        return named or [one for one in self if any(wanted in name for name in _folded(one))]


def _folded(term: Term) -> list[str]:
    return [name.casefold() for lang in Lang for name in term.spellings(lang)]


_SPELLINGS = Record(
    tuple(
        Field(lang.value, ListOf(Text(), distinct=True), about, required=False)
        for lang, about in (
            (Lang.ZH, Bilingual(zh="中文写法", en="Chinese spellings.")),
            (Lang.EN, Bilingual(zh="英文写法", en="English spellings.")),
        )
    )
)
_TERM = Record(
    (
        *LINE.fields,
        Field("about", PROSE, Bilingual(zh="一句话的释义", en="What it means, in a sentence.")),
        Field(
            "also",
            _SPELLINGS,
            Bilingual(zh="也对的写法", en="Other right spellings."),
            required=False,
        ),
        Field(
            "avoid",
            _SPELLINGS,
            Bilingual(zh="不该用的写法", en="Spellings that are wrong for it."),
            required=False,
        ),
        Field(
            "question",
            Text(pattern=QUESTION_ID, like="normalization/layer-norm-formula"),
            Bilingual(zh="讲这个术语的题", en="The id of the question that teaches it."),
            required=False,
        ),
    )
)
_GLOSSARY = Record(
    (Field("terms", ListOf(_TERM, at_least=1), Bilingual(zh="术语", en="The terms.")),)
)


@dataclass(frozen=True, slots=True)
class GlossaryFile:
    """A glossary as it was read: its terms, and what the rules need to judge its file."""

    glossary: Glossary
    source: Source
    parsed: Parsed


def read_glossary(root: Path, findings: Findings | None = None) -> GlossaryFile | None:
    """Read the glossary of a bank; None where it has none, or none that can be read."""
    path = root / "questions" / GLOSSARY_FILE
    if not path.is_file():
        return None
    findings = findings or Findings(path)
    source = read_source(path, findings)
    parsed = parse_record(source, findings, _GLOSSARY) if source else None
    if source is None or parsed is None or not findings.usable:
        return None
    terms = tuple(_term(values) for values in parsed.values.get("terms", ()))
    return GlossaryFile(Glossary(terms), source, parsed)


def judge_entries(file: GlossaryFile, ids: frozenset[str], findings: Findings) -> None:
    """Report an English name that two terms claim, and a question that is not there.

    A Chinese name may be said of several terms.
    """
    seen: set[str] = set()
    for index, term in enumerate(file.glossary):
        if term.question is not None and term.question not in ids:
            findings.add(
                "dangling-id",
                file.parsed.mark("terms", index, "question"),
                zh=f"没有题目 {term.question}",
                en=f"there is no question {term.question}",
            )
        for name in term.spellings(Lang.EN):
            if name.casefold() in seen:
                findings.add(
                    "duplicate-item",
                    file.parsed.mark("terms", index, "en"),
                    zh=f"{name} 已经属于另一个术语",
                    en=f"{name} belongs to another term already",
                )
            seen.add(name.casefold())


def _term(values: Mapping[str, Any]) -> Term:
    return Term(
        name=Bilingual(zh=values["zh"], en=values["en"]),
        about=Bilingual(zh=values["about"]["zh"], en=values["about"]["en"]),
        also=_spellings(values.get("also", {})),
        avoid=_spellings(values.get("avoid", {})),
        question=values.get("question"),
    )


def _spellings(values: Mapping[str, Any]) -> dict[Lang, tuple[str, ...]]:
    return {lang: tuple(values.get(lang.value, ())) for lang in Lang}
