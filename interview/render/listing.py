"""Many questions at a glance: a list grouped by topic, and the topics with their counts."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.text import Text

from interview.bank.model import Kind, Question
from interview.language import Bilingual, Lang
from interview.render.labels import DIFFICULTIES, KINDS, RATINGS, both
from interview.render.layout import aligned, heading, stack
from interview.render.wrap import wrap
from interview.review.progress import Progress

_GAP = "  "
_NARROWEST_TITLE = 24  # cells: where there is less room, titles go on lines of their own
_DUE = Bilingual(zh="到期", en="due")
_COLUMNS = (
    Bilingual(zh="合计", en="total"),
    Bilingual(zh="已答", en="answered"),
    _DUE,
)
_TOPIC = Bilingual(zh="主题", en="topic")
_ALL = Bilingual(zh="全部", en="all")


def question_list(
    questions: Sequence[Question], progress: Progress, languages: tuple[Lang, ...]
) -> RenderableType:
    """Return the questions by topic, a row each: mark, id, kind, difficulty, standing, title.

    `✓` marks those answered before; their standing is the last rating, and whether they are due.
    """
    leads = _leads(questions, progress, languages[0])
    titles = [both(question.title, languages) for question in questions]
    widest = max(map(cell_len, titles), default=0)
    rows = zip(questions, leads, titles, strict=True)
    parts = [
        Group(heading(topic), _Rows(tuple((lead, title) for _, lead, title in group), widest))
        for topic, group in groupby(rows, key=lambda row: row[0].topic)
    ]
    return stack([*parts, _summary(questions, progress, languages[0])])


def topic_table(questions: Sequence[Question], progress: Progress, lang: Lang) -> RenderableType:
    """Return a row for each topic: its questions by kind, how many were answered, how many due."""
    by_topic = [
        (topic, list(group)) for topic, group in groupby(questions, key=lambda one: one.topic)
    ]
    everything = [(_ALL[lang], list(questions))] if len(by_topic) > 1 else []
    counted = [(name, _counts(group, progress)) for name, group in by_topic + everything]
    names = aligned([_TOPIC[lang], *(name for name, _ in counted)])
    headings = [KINDS[kind][lang] for kind in Kind] + [column[lang] for column in _COLUMNS]
    columns = [
        _right([title, *(str(counts[index]) for _, counts in counted)])
        for index, title in enumerate(headings)
    ]
    lines = [_GAP.join(row) for row in zip(names, *columns, strict=True)]
    return Group(heading(lines[0]), *(Text(line) for line in lines[1:]))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows whose leads are aligned. The id stays whole; the title wraps or moves below it.

    Where no terminal sets a width, each question is one line, for other programs to read.
    """

    rows: tuple[tuple[Text, str], ...]
    widest: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = options.max_width - self.rows[0][0].cell_len - len(_GAP)
        unlimited = not console.is_terminal or self.widest <= room
        for lead, title in self.rows:
            if unlimited:
                yield lead + Text(_GAP + title)
            elif room >= _NARROWEST_TITLE:
                yield from _hanging(lead + Text(_GAP), title, room)
            else:
                yield lead
                yield from _hanging(Text("    "), title, max(options.max_width - 4, 2))


def _hanging(lead: Text, title: str, room: int) -> list[Text]:
    first, *others = wrap(Text(title), room)
    return [lead + first, *(Text(" " * lead.cell_len) + line for line in others)]


def _leads(questions: Sequence[Question], progress: Progress, lang: Lang) -> list[Text]:
    columns = [
        aligned([question.id for question in questions]),
        aligned([KINDS[question.kind][lang] for question in questions]),
        aligned([DIFFICULTIES[question.difficulty][lang] for question in questions]),
    ]
    if any(question.id in progress.last for question in questions):
        columns.append(aligned([_standing(question, progress, lang) for question in questions]))
    return [
        _lead(question.id in progress.last, cells)
        for question, *cells in zip(questions, *columns, strict=True)
    ]


def _lead(answered: bool, cells: Sequence[str]) -> Text:
    mark = ("✓ ", "green") if answered else ("· ", "dim")
    question_id, *others = cells
    return Text.assemble(mark, (question_id, "bold"), *(_GAP + cell for cell in others))


def _standing(question: Question, progress: Progress, lang: Lang) -> str:
    if question.id not in progress.last:
        return ""
    rating = RATINGS[progress.last[question.id]][lang]
    comma = {Lang.ZH: "，", Lang.EN: ", "}[lang]
    return f"{rating}{comma}{_DUE[lang]}" if question.id in progress.due else rating


def _summary(questions: Collection[Question], progress: Progress, lang: Lang) -> Text:
    total, answered, due = _counts(questions, progress)[-3:]
    text = Bilingual(
        zh=f"共 {total} 题，已答 {answered} 题，到期 {due} 题",
        en=f"{total} question{'' if total == 1 else 's'}, {answered} answered, {due} due",
    )
    return Text(text[lang], style="dim")


def _counts(questions: Collection[Question], progress: Progress) -> list[int]:
    """Return the number of each kind, then in total, answered and due."""
    kinds = Counter(question.kind for question in questions)
    answered = sum(question.id in progress.last for question in questions)
    due = sum(question.id in progress.due for question in questions)
    return [*(kinds[kind] for kind in Kind), len(questions), answered, due]


def _right(cells: Sequence[str]) -> list[str]:
    widest = max(map(cell_len, cells))
    return [" " * (widest - cell_len(cell)) + cell for cell in cells]
