"""Many questions at a glance: lists grouped by topic, topics with their counts, search hits."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.text import Text

from interview.bank.model import Kind, Question
from interview.language import Bilingual, Lang
from interview.render.labels import DIFFICULTIES, KINDS, RATINGS, both
from interview.render.layout import Indented, aligned, heading, stack
from interview.render.wrap import Flow
from interview.review.progress import Progress

_GAP = "  "
_NARROWEST_TITLE = 24  # cells; where there is less room, the title goes on a line of its own
_TOTAL = Bilingual(zh="合计", en="total")
_DUE = Bilingual(zh="到期", en="due")
_ANSWERED = Bilingual(zh="已答", en="answered")
_TOPIC = Bilingual(zh="主题", en="topic")


def question_list(
    questions: Sequence[Question], progress: Progress, languages: tuple[Lang, ...]
) -> RenderableType:
    """Return the questions by topic, a line each: mark, id, kind, difficulty, standing, title.

    `✓` marks those answered before, with the last rating and whether they are due.
    """
    rows = _rows(questions, progress, languages)
    groups = groupby(zip(questions, rows, strict=True), key=lambda pair: pair[0].topic)
    parts = [
        Group(heading(topic), *(row for _, row in pairs)) for topic, pairs in groups
    ]
    return stack([*parts, _summary(questions, progress, languages[0])])


@dataclass(frozen=True, slots=True)
class _Row:
    """One question: what is aligned with the other rows, and the title in the room left."""

    lead: Text
    title: str
    mark: int = 2  # cells before the id, by which a title on its own line is indented

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lead = self.lead.copy()
        room = options.max_width - lead.cell_len - len(_GAP)
        if not console.is_terminal or cell_len(self.title) <= room:
            yield lead.append(_GAP + self.title)
        elif room >= _NARROWEST_TITLE:
            yield Indented(Flow(Text(self.title)), lead.plain + _GAP)
        else:
            lead.rstrip()
            yield Flow(lead)
            yield Indented(Flow(Text(self.title)), " " * self.mark)


def _rows(
    questions: Sequence[Question], progress: Progress, languages: tuple[Lang, ...]
) -> list[_Row]:
    lang = languages[0]
    columns = [
        ["✓" if one.id in progress.answered else "·" for one in questions],
        aligned([one.id for one in questions]),
        aligned([KINDS[one.kind][lang] for one in questions]),
        aligned([DIFFICULTIES[one.difficulty][lang] for one in questions]),
    ]
    if any(one.id in progress.answered for one in questions):
        columns.append(aligned([_standing(one, progress, lang) for one in questions]))
    styles = ("green", "bold", "", "", "dim")
    return [
        _Row(_lead(cells, styles), both(one.title, languages))
        for one, *cells in zip(questions, *columns, strict=True)
    ]


def _lead(cells: Sequence[str], styles: Sequence[str]) -> Text:
    mark, *others = zip(cells, styles, strict=False)
    lead = Text.assemble(mark, " ")
    return lead.append_text(Text(_GAP).join(Text(cell, style) for cell, style in others))


def _standing(question: Question, progress: Progress, lang: Lang) -> str:
    if question.id not in progress.last:
        return ""
    rating = RATINGS[progress.last[question.id]][lang]
    due = {Lang.ZH: "，", Lang.EN: ", "}[lang] + _DUE[lang] if question.id in progress.due else ""
    return rating + due


def _summary(questions: Sequence[Question], progress: Progress, lang: Lang) -> Text:
    answered, due = _standings(questions, progress)
    total = len(questions)
    text = Bilingual(
        zh=f"共 {total} 题，已答 {answered} 题，到期 {due} 题",
        en=f"{total} question{'' if total == 1 else 's'}, {answered} answered, {due} due",
    )
    return Text(text[lang], style="dim")


def _standings(questions: Collection[Question], progress: Progress) -> tuple[int, int]:
    answered = sum(one.id in progress.answered for one in questions)
    return answered, sum(one.id in progress.due for one in questions)
