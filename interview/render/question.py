"""A question on the page: header, prompt, answer, and what comes after.

Every function is pure and takes `languages`, the reader's own first. With two, long texts follow
one another under the language's name, and short ones share their place. Labels are in the first.
"""

from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from interview.bank.model import (
    Bank,
    Choice,
    Exercise,
    ExpectedNumber,
    ExpectedShape,
    FollowUp,
    Question,
)
from interview.language import Bilingual, Lang
from interview.render.code import code_block
from interview.render.labels import DIFFICULTIES, KINDS, LANGUAGES, both
from interview.render.layout import Indented, heading, stack
from interview.render.markdown import inline, markdown
from interview.render.wrap import Flow

Languages = tuple[Lang, ...]

_NO_CHOICES: frozenset[int] = frozenset()


def question_header(question: Question, languages: Languages) -> RenderableType:
    """Return the title, and below it the id, kind, difficulty and tags."""
    lang = languages[0]
    facts = [
        question.id,
        KINDS[question.kind][lang],
        DIFFICULTIES[question.difficulty][lang],
        *(f"#{tag}" for tag in question.tags),
    ]
    title = both(question.title, languages)
    return Group(Flow(Text(title, style="bold")), Flow(Text(" · ".join(facts), style="dim")))


def question_prompt(
    question: Question, languages: Languages, order: Sequence[int] | None = None
) -> RenderableType:
    """Return what the candidate sees before answering.

    The prompt, then by kind: the faulty code with line numbers, the lettered choices, what form
    the answer takes, or the exercise's contract. `order[i]` is the index in `question.choices`
    of the choice lettered `"ABCDE"[i]`; None keeps the bank's order.
    """
    lang = languages[0]
    return stack(
        [
            _text(question.prompt, languages),
            code_block(question.code, numbers=True) if question.code else None,
            _choices(question, languages, order) if question.choices else None,
            _answer_form(question, lang),
            _contract(question.exercise, languages) if question.exercise else None,
        ]
    )


def question_answer(
    question: Question,
    languages: Languages,
    order: Sequence[int] | None = None,
    *,
    points: bool = True,
) -> RenderableType:
    """Return the expected value, the choices explained, the answer, and its key points.

    `points=False` leaves the key points out, for a caller that shows them to be ticked.
    """
    explained = choice_explanations(question, languages, _NO_CHOICES, order)
    return stack(
        [
            _expected(question, languages),
            explained if question.choices else None,
            _text(question.answer, languages),
            _headed_points(question, languages) if points and question.key_points else None,
        ]
    )


def choice_explanations(
    question: Question,
    languages: Languages,
    picked: frozenset[int],
    order: Sequence[int] | None = None,
) -> RenderableType:
    """Return each choice with ✓ or ✗ and why; those `picked` are said to be the candidate's.

    `picked` holds indices into `question.choices`; `order` is as in `question_prompt`.
    """
    lang = languages[0]
    yours = {Lang.ZH: "（你选的）", Lang.EN: " (your pick)"}[lang]
    blocks = []
    for letter, index in _lettered(question, order):
        choice = question.choices[index]
        mark = Text("✓ ", style="green") if choice.correct else Text("✗ ", style="red")
        text = mark.append_text(Text(f"{letter}  ", style="bold"))
        lines: list[RenderableType] = [
            Indented(Flow(both_inline(choice.text, languages)), first=text.plain)
        ]
        if index in picked:
            lines.append(Indented(Flow(Text(yours.strip(), style="bold")), first="     "))
        lines += [Indented(markdown(choice.why[each]), first="     ") for each in languages]
        blocks.append(Group(*lines))
    return stack(blocks)


def key_points(question: Question, languages: Languages, ticked: frozenset[int]) -> RenderableType:
    """Return the numbered key points; `ticked` holds the indices of those that were made."""
    return Group(
        *(
            Indented(
                Flow(both_inline(point.text, languages)),
                first=f"[{'✓' if index in ticked else ' '}] {index + 1}. ",
            )
            for index, point in enumerate(question.key_points)
        )
    )


def question_more(question: Question, languages: Languages, bank: Bank) -> RenderableType:
    """Return the follow-ups (ids with their titles), what to know first, the sources, the demo."""
    lang = languages[0]
    zh = lang is Lang.ZH
    follow_ups = [_follow_up(item, languages, bank) for item in question.follow_ups]
    requires = [_named(name, languages, bank) for name in question.requires]
    sources = [Text(source) for source in question.sources]
    demo = code_block(question.demo) if question.demo else None
    return stack(
        [
            _listed("追问" if zh else "Follow-ups", follow_ups),
            _listed("先要知道" if zh else "Know first", requires),
            _listed("出处" if zh else "Sources", sources),
            Group(heading("可运行的演示" if zh else "Demo"), demo) if demo else None,
        ]
    )


def exercise_checks(exercise: Exercise, languages: Languages) -> RenderableType:
    """Return the claims that the hidden suite checks; their hints stay hidden."""
    name = {Lang.ZH: "检查项", Lang.EN: "Checks"}[languages[0]]
    claims = [both_inline(check.claim, languages) for check in exercise.checks]
    return _listed(name, claims) or Group()


def model_solution(source: str, languages: Languages) -> RenderableType:
    """Return the source of a model solution under its heading."""
    name = {Lang.ZH: "参考解答", Lang.EN: "Model solution"}[languages[0]]
    return Group(heading(name), code_block(source, numbers=True))


def both_inline(text: Bilingual, languages: Languages) -> Text:
    """Return a short text in each language, on a line each."""
    return Text("\n").join(inline(each) for each in dict.fromkeys(text[lang] for lang in languages))


def _text(text: Bilingual, languages: Languages) -> RenderableType:
    if len(languages) == 1:
        return markdown(text[languages[0]])
    return stack(
        Group(Text(f"── {LANGUAGES[lang]}", style="dim"), markdown(text[lang]))
        for lang in languages
    )


def _lettered(question: Question, order: Sequence[int] | None) -> Iterable[tuple[str, int]]:
    return zip("ABCDE", range(len(question.choices)) if order is None else order, strict=False)


def _choices(
    question: Question, languages: Languages, order: Sequence[int] | None
) -> RenderableType:
    return Group(
        *(
            Indented(
                Flow(both_inline(question.choices[index].text, languages)), first=f"{letter}  "
            )
            for letter, index in _lettered(question, order)
        )
    )


def _answer_form(question: Question, lang: Lang) -> RenderableType | None:
    zh = lang is Lang.ZH
    match question.expect:
        case ExpectedShape():
            return Text(
                "答一个形状，如 (2, 3)。" if zh else "Answer with a shape, such as (2, 3).",
                style="dim",
            )
        case ExpectedNumber(unit=None):
            return Text("答一个数。" if zh else "Answer with a number.", style="dim")
        case ExpectedNumber(unit=Bilingual() as unit):
            return Text(
                f"答一个数，单位：{unit.zh}。" if zh else f"Answer with a number, in {unit.en}.",
                style="dim",
            )
    return None


def _expected(question: Question, languages: Languages) -> RenderableType | None:
    label = {Lang.ZH: "答案：", Lang.EN: "Answer: "}[languages[0]]
    match question.expect:
        case ExpectedShape(shape=shape):
            value = f"({', '.join(map(str, shape))})"
        case ExpectedNumber(value=number, tolerance=tolerance, unit=unit):
            value = f"{number:g}" + (f" ± {tolerance:g}" if tolerance else "")
            value += f" {both(unit, languages)}" if unit else ""
        case None:
            return None
    return Text(label + value, style="bold")


def _contract(exercise: Exercise, languages: Languages) -> RenderableType:
    zh = languages[0] is Lang.ZH
    seconds = f"{exercise.time_limit:g}"
    forbidden = "、".join if zh else ", ".join
    return stack(
        [
            code_block(exercise.signature),
            _text(exercise.rules, languages),
            Flow(Text(("不许调用：" if zh else "Not allowed: ") + forbidden(exercise.forbids)))
            if exercise.forbids
            else None,
            Text(f"评测限时 {seconds} 秒。" if zh else f"Graded within {seconds} s.", style="dim"),
        ]
    )


def _headed_points(question: Question, languages: Languages) -> RenderableType:
    name = {Lang.ZH: "要点", Lang.EN: "Key points"}[languages[0]]
    points = [both_inline(point.text, languages) for point in question.key_points]
    return _listed(name, points) or Group()


def _follow_up(item: FollowUp, languages: Languages, bank: Bank) -> Text:
    if item.text is not None:
        return both_inline(item.text, languages)
    return _named(item.question or "", languages, bank)


def _named(question_id: str, languages: Languages, bank: Bank) -> Text:
    title = both(bank[question_id].title, languages) if question_id in bank else ""
    return Text(f"{question_id}  ", style="bold").append(title, style="not bold")


def _listed(name: str, items: Sequence[Text]) -> RenderableType | None:
    if not items:
        return None
    return Group(heading(name), *(Indented(Flow(item), first="• ") for item in items))
