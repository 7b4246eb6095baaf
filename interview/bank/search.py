"""Questions that hold every word of a query, the likeliest first, each with what matched."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from interview.bank.model import Bank, Question
from interview.errors import UsageError
from interview.language import Bilingual, Lang

SNIPPET_CELLS = 72  # terminal cells of text shown around a match

_WEIGHTS = {
    "title": 10.0,
    "id": 9.0,
    "tags": 8.0,
    "prompt": 6.0,
    "key_points": 4.0,
    "choices": 4.0,
    "answer": 3.0,
    "code": 2.0,
    "contract": 2.0,
    "checks": 2.0,
    "follow_ups": 2.0,
    "sources": 1.0,
}
_WHOLE_WORD, _WORD_START, _ANYWHERE = 1.0, 0.8, 0.4
_ANCHORS = 40  # occurrences tried as the first one of a snippet

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Hit:
    """A question that matched. `spans` are the places of the words in `snippet`.

    `field` is named as in the question's file; `lang` is None where it has no language.
    """

    question: Question
    score: float
    field: str
    lang: Lang | None
    snippet: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    """A text to look in; `instead` is shown where a match in it says nothing to a reader."""

    field: str
    lang: Lang | None
    text: str
    instead: Bilingual | None = None


def search(bank: Bank, text: str, languages: Collection[Lang] = tuple(Lang)) -> list[Hit]:
    """Return the questions that hold every word of `text` somewhere, the best first.

    Width and case do not matter. Latin words count most as whole words, then at the start of a
    word, then anywhere; Chinese is matched as it stands. Texts of other `languages` are left out.

    Raises:
        UsageError: where there is no word to search for.

    """
    words = query_words(text)
    if not words:
        raise UsageError(
            zh="没有写要找什么",
            en="nothing to search for",
            hint=Bilingual(
                zh="例如：interview search 方差", en="such as `interview search variance`"
            ),
        )
    hits = (_hit(question, words, languages) for question in bank)
    return sorted((hit for hit in hits if hit), key=lambda hit: (-hit.score, hit.question.id))


def query_words(text: str) -> list[str]:
    """Return the words of a query, folded; Latin and Chinese part where they meet."""
    return list(dict.fromkeys(_WORD.findall(_fold(text))))


_WORD = re.compile(r"[⺀-鿿豈-﫿𠀀-𳿿]+|[^\s⺀-鿿豈-﫿𠀀-𳿿]+")


def _fold(text: str) -> str:
    """Return `text` without differences of width and case. No character folds to nothing."""
    return unicodedata.normalize("NFKD", text).casefold()


def _hit(question: Question, words: list[str], languages: Collection[Lang]) -> Hit | None:
    best: dict[str, float] = dict.fromkeys(words, 0.0)
    shown: _Text | None = None
    most = (0, 0.0)
    for part in _texts(question, languages):
        folded = _fold(part.text)
        scores = [_WEIGHTS[part.field] * _exactness(word, folded) for word in words]
        for word, score in zip(words, scores, strict=True):
            best[word] = max(best[word], score)
        merit = (sum(score > 0 for score in scores), sum(scores))
        if merit > most:
            most, shown = merit, part
    if shown is None or not all(best.values()):
        return None
    together = most[1] if most[0] == len(words) else 0.0
    total = sum(best.values()) + together
    lang, line = shown.lang, shown.text
    if shown.instead:
        lang = _language_of(words)
        line = shown.instead[lang]
    snippet, spans = _snippet(" ".join(line.split()), words)
    return Hit(question, round(total, 3), shown.field, lang, snippet, spans)


def _texts(question: Question, languages: Collection[Lang]) -> Iterator[_Text]:
    yield _Text("id", None, question.id)
    if question.tags:
        yield _Text("tags", None, " ".join(question.tags))
    for field, text in _bilingual_texts(question):
        yield from (_Text(field, lang, text[lang]) for lang in Lang if lang in languages)
    if question.code:
        yield _Text("code", None, question.code)
    if question.exercise:
        for signature in question.exercise.signatures:
            yield _Text("contract", None, signature)
    for one in question.key_points:
        yield _Text("key_points", None, " ".join(one.terms), instead=one.text)
    yield from (_Text("sources", None, source) for source in question.sources)


def _bilingual_texts(question: Question) -> Iterator[tuple[str, Bilingual]]:
    yield "title", question.title
    yield "prompt", question.prompt
    yield "answer", question.answer
    yield from (("key_points", point.text) for point in question.key_points)
    for choice in question.choices:
        yield "choices", choice.text
        yield "choices", choice.why
    yield from (("follow_ups", one.text) for one in question.follow_ups if one.text)
    if question.exercise:
        yield "contract", question.exercise.rules
        yield from (("checks", check.claim) for check in question.exercise.checks)


def _exactness(word: str, folded: str) -> float:
    """Return how well `word` occurs in a folded text, 0 where it does not."""
    if word not in folded:
        return 0.0
    if not word[0].isascii():
        return _WHOLE_WORD
    start = rf"(?<![a-z0-9]){re.escape(word)}"
    if re.search(rf"{start}(?![a-z0-9])", folded):
        return _WHOLE_WORD
    return _WORD_START if re.search(start, folded) else _ANYWHERE


# ── what is shown ────────────────────────────────────────────────────────────────────────────


def _language_of(words: list[str]) -> Lang:
    return Lang.EN if all(word.isascii() for word in words) else Lang.ZH


def _snippet(text: str, words: list[str]) -> tuple[str, tuple[Span, ...]]:
    """Return the part of a line that shows most of the words, and where these lie in it.

    Its beginning, where it holds none of them.
    """
    found = _occurrences(text, words) or [((0, 0), "")]
    start, end = _window(text, found)
    before, after = "…" if start else "", "…" if end < len(text) else ""
    shift = len(before) - start
    spans = _merged([span for span, _ in found])
    inside = tuple((a + shift, b + shift) for a, b in spans if start <= a < b <= end)
    return f"{before}{text[start:end]}{after}", inside


def _occurrences(text: str, words: list[str]) -> list[tuple[Span, str]]:
    """Return where the words stand in `text`, in order; at the start of words where any do."""
    folded, origins = _fold_with_origins(text)
    found: list[tuple[Span, str]] = []
    for word in words:
        starts = [match.start() for match in re.finditer(re.escape(word), folded)]
        at_words = [one for one in starts if not word[0].isascii() or _begins_word(folded, one)]
        found += [
            ((origins[one], origins[one + len(word) - 1] + 1), word) for one in at_words or starts
        ]
    return sorted(found)


def _begins_word(folded: str, index: int) -> bool:
    return index == 0 or not (folded[index - 1].isascii() and folded[index - 1].isalnum())


def _fold_with_origins(text: str) -> tuple[str, Sequence[int]]:
    """Return the folded text and, for each of its characters, the index it came from."""
    folded = _fold(text)
    if len(folded) == len(text):  # no character folds to nothing, so each folds to one
        return folded, range(len(text))
    pieces = [_fold(character) for character in text]
    origins = [index for index, piece in enumerate(pieces) for _ in piece]
    return "".join(pieces), origins


def _merged(spans: list[Span]) -> list[Span]:
    """Return the spans, those that touch or overlap as one."""
    merged: list[Span] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _window(text: str, found: list[tuple[Span, str]]) -> Span:
    """Return the part of `text` to show: as many words as fit, and what leads up to them."""
    lead = SNIPPET_CELLS // 3

    def seen_from(anchor: int) -> int:
        reach = _walk(text, anchor, 1, SNIPPET_CELLS - lead)
        return len({word for (start, end), word in found if anchor <= start and end <= reach})

    first, last = max((span for span, _ in found[:_ANCHORS]), key=lambda one: seen_from(one[0]))
    start = _walk(text, first, -1, lead)
    end = _walk(text, start, 1, SNIPPET_CELLS)
    start = _walk(text, end, -1, SNIPPET_CELLS)
    start, end = _at_word(text, start, first, 1), _at_word(text, end, last, -1)
    return start + (text[start : start + 1] == " "), end - (text[end - 1 : end] == " ")


def _walk(text: str, index: int, step: int, cells: int) -> int:
    """Return how far `cells` cells reach from `index`, forwards or backwards."""
    while 0 <= (at := index + min(step, 0)) < len(text):
        cells -= 2 if unicodedata.east_asian_width(text[at]) in "WF" else 1
        if cells < 0:
            break
        index += step
    return index


def _at_word(text: str, edge: int, limit: int, step: int) -> int:
    """Move an edge that cuts a Latin word towards `limit`, but not past it."""
    moved = edge
    while moved != limit and 0 < moved < len(text) and _inside_word(text, moved):
        moved += step
    return edge if moved == limit and _inside_word(text, moved) else moved


def _inside_word(text: str, index: int) -> bool:
    if not 0 < index < len(text):
        return False
    return all(one.isascii() and one.isalnum() for one in text[index - 1 : index + 1])
