"""A question on the page: header, prompt, answer, and what comes after.

Every function is pure and takes `languages`, the reader's own first. With two, long texts follow
one another under the language's name, and short ones stand in adjoining lines. Labels are in
the first.
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

_LETTERS = "ABCDEFGHIJ"
_ANSWER = Bilingual(zh="答案", en="Answer")
_KEY_POINTS = Bilingual(zh="要点", en="Key points")
_FOLLOW_UPS = Bilingual(zh="追问", en="Follow-ups")
_REQUIRES = Bilingual(zh="先要知道", en="Know first")
_SOURCES = Bilingual(zh="出处", en="Sources")
_CHECKS = Bilingual(zh="检查项", en="Checks")
_SOLUTION = Bilingual(zh="参考实现", en="Model solution")
_YOUR_PICK = Bilingual(zh="（你选的）", en=" (your pick)")
_SHAPE = Bilingual(zh="请填一个形状，如 (2, 3)。", en="Answer with a shape, such as (2, 3).")


def question_header(question: Question, languages: Languages) -> RenderableType:
    """Return the title, and below it the id, kind, difficulty and tags."""
    lang = languages[0]
    facts = [
        question.id,
        KINDS[question.kind][lang],
        DIFFICULTIES[question.difficulty][lang],
    ]
    tags = [f"#{tag}" for tag in question.tags]
    title = Text(both(question.title, languages), style="bold")
    return Group(Flow(title), Flow(Text("  ".join([" · ".join(facts), *tags]), style="dim")))


def question_label(question: Question, languages: Languages) -> RenderableType:
    """Return what may be told before the answer: topic, kind and difficulty.

    Title, id and tags of most questions say what is wrong with the code, or the answer's point.
    """
    lang = languages[0]
    facts = [question.topic, KINDS[question.kind][lang], DIFFICULTIES[question.difficulty][lang]]
    return Flow(Text(" · ".join(facts), style="dim"))


def question_prompt(
    question: Question, languages: Languages, order: Sequence[int] | None = None
) -> RenderableType:
    """Return what the candidate sees before answering.

    The prompt, then by kind: the faulty code with line numbers, the lettered choices, what form
    the answer takes, or the exercise's contract. `order[i]` is the index in `question.choices`
    of the choice lettered `"ABCDE"[i]`; None keeps the bank's order.
    """
    return stack(
        [
            _text(question.prompt, languages),
            code_block(question.code, numbers=True) if question.code else None,
            _choices(question, languages, order) if question.choices else None,
            _answer_form(question, languages[0]),
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
    """Return the answer under its heading, the choices explained, and the key points.

    The heading holds the expected value or the right letters. `order` is as in
    `question_prompt`; `points=False` leaves the key points out.
    """
    lang = languages[0]
    short = _expected(question, languages) or _right_letters(question, order, lang)
    colon = {Lang.ZH: "：", Lang.EN: ": "}[lang] if short else ""
    explained = choice_explanations(question, languages, frozenset(), order)
    return stack(
        [
            Flow(heading(f"{_ANSWER[lang]}{colon}{short}")),
            _text(question.answer, languages),
            explained if question.choices else None,
            _headed_points(question, languages) if points else None,
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
    note = _YOUR_PICK[languages[0]]
    return stack(
        _explained(question.choices[index], letter, note if index in picked else "", languages)
        for letter, index in _lettered(question, order)
    )


def key_points(question: Question, languages: Languages, ticked: frozenset[int]) -> RenderableType:
    """Return the numbered key points; `ticked` holds the indices of those that were made."""
    return Group(
        *(
            Indented(
                Flow(both_inline(point.text, languages)),
                f"[{'✓' if index in ticked else ' '}] {index + 1}. ",
            )
            for index, point in enumerate(question.key_points)
        )
    )


def question_more(question: Question, languages: Languages, bank: Bank) -> RenderableType:
    """Return the follow-ups (ids with their titles), what to know first, the numbered sources."""
    lang = languages[0]
    requires = [_named(name, languages, bank) for name in question.requires]
    sources = [
        Indented(Flow(Text(source)), f"[{number}] ")
        for number, source in enumerate(question.sources, start=1)
    ]
    return stack(
        [
            follow_ups(question, languages, bank) if question.follow_ups else None,
            _listed(_REQUIRES[lang], requires) if requires else None,
            Group(heading(_SOURCES[lang]), *sources),
        ]
    )


def follow_ups(question: Question, languages: Languages, bank: Bank) -> RenderableType:
    """Return what the interviewer pushes on next; ids of questions with their titles."""
    items = [_follow_up(item, languages, bank) for item in question.follow_ups]
    return _listed(_FOLLOW_UPS[languages[0]], items)


def exercise_checks(exercise: Exercise, languages: Languages) -> RenderableType:
    """Return the claims that the hidden suite checks; their hints stay hidden."""
    claims = [both_inline(check.claim, languages) for check in exercise.checks]
    return _listed(_CHECKS[languages[0]], claims)


def model_solution(source: str, languages: Languages) -> RenderableType:
    """Return the source of a model solution under its heading."""
    return Group(heading(_SOLUTION[languages[0]]), code_block(source, numbers=True))


def hint_line(text: str) -> RenderableType:
    """Return a Markdown line that says what to do next, set back from the rest."""
    shown = inline(text)
    shown.stylize("dim")
    return Flow(shown)


def both_inline(text: Bilingual, languages: Languages) -> Text:
    """Return a short text in each language, on a line each; once where both read the same."""
    return Text("\n").join(inline(each) for each in dict.fromkeys(text[lang] for lang in languages))


def _text(text: Bilingual, languages: Languages) -> RenderableType:
    """Return a long text; in two languages one after the other, each under its name."""
    if len(languages) == 1:
        return markdown(text[languages[0]])
    return stack(
        Group(Text(f"── {LANGUAGES[lang]}", style="dim"), markdown(text[lang]))
        for lang in languages
    )


def _lettered(question: Question, order: Sequence[int] | None) -> Iterable[tuple[str, int]]:
    return zip(_LETTERS, range(len(question.choices)) if order is None else order, strict=False)


def _choices(
    question: Question, languages: Languages, order: Sequence[int] | None
) -> RenderableType:
    return Group(
        *(
            Indented(Flow(both_inline(question.choices[index].text, languages)), f"{letter}  ")
            for letter, index in _lettered(question, order)
        )
    )


def _explained(choice: Choice, letter: str, note: str, languages: Languages) -> RenderableType:
    mark, style = ("✓", "bold green") if choice.correct else ("✗", "bold red")
    text = both_inline(choice.text, languages).append(note, style="bold")
    why = Group(*(markdown(choice.why[lang]) for lang in languages))
    return Group(Indented(Flow(text), f"{mark} {letter}  ", style=style), Indented(why, "     "))


def _right_letters(question: Question, order: Sequence[int] | None, lang: Lang) -> str:
    right = [letter for letter, at in _lettered(question, order) if question.choices[at].correct]
    return {Lang.ZH: "、", Lang.EN: ", "}[lang].join(right)


def _answer_form(question: Question, lang: Lang) -> RenderableType | None:
    match question.expect:
        case ExpectedShape():
            form = _SHAPE
        case ExpectedNumber(unit=None):
            form = Bilingual(zh="请填一个数。", en="Answer with a number.")
        case ExpectedNumber(unit=Bilingual(zh=zh, en=en)):
            form = Bilingual(zh=f"请填一个数，单位：{zh}。", en=f"Answer with a number of {en}.")
        case _:
            return None
    return Flow(Text(form[lang], style="dim"))


def _expected(question: Question, languages: Languages) -> str:
    match question.expect:
        case ExpectedShape(shape=shape):
            sizes = ", ".join(map(str, shape))
            return f"({sizes},)" if len(shape) == 1 else f"({sizes})"
        case ExpectedNumber(value=value, tolerance=tolerance, unit=unit):
            number = f"{value:.10g}" + (f" ± {tolerance:g}" if tolerance else "")
            return f"{number} {both(unit, languages)}" if unit else number
    return ""


def _contract(exercise: Exercise, languages: Languages) -> RenderableType:
    calls = [_short(name) for name in exercise.forbids]
    zh, en = "、".join(calls), ", ".join(calls)
    forbidden = Bilingual(zh=f"不许调用：{zh}", en=f"Not allowed: {en}")
    limit = f"{exercise.time_limit:g}"
    seconds = Bilingual(zh=f"评分限时 {limit} 秒。", en=f"Graded within {limit} s.")
    lang = languages[0]
    return stack(
        [
            code_block("\n".join(exercise.signatures)),
            _text(exercise.rules, languages),
            Flow(Text(forbidden[lang])) if exercise.forbids else None,
            Flow(Text(seconds[lang], style="dim")),
        ]
    )


def _short(name: str) -> str:
    """Return a dotted name under the alias that everyone imports it by."""
    for module, alias in (("torch.nn.functional.", "F."), ("torch.nn.", "nn.")):
        if name.startswith(module):
            return alias + name.removeprefix(module)
    return name


def _headed_points(question: Question, languages: Languages) -> RenderableType | None:
    points = [both_inline(point.text, languages) for point in question.key_points]
    return _listed(_KEY_POINTS[languages[0]], points) if points else None


def _follow_up(item: FollowUp, languages: Languages, bank: Bank) -> Text:
    if item.text is not None:
        return both_inline(item.text, languages)
    return _named(item.question or "", languages, bank)


def _named(question_id: str, languages: Languages, bank: Bank) -> Text:
    title = both(bank[question_id].title, languages) if question_id in bank else ""
    return Text.assemble((question_id, "bold"), f"  {title}".rstrip())


def _listed(name: str, items: Sequence[Text]) -> RenderableType:
    return Group(heading(name), *(Indented(Flow(item), "• ") for item in items))
