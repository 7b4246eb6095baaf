"""`interview show ID`: one question; its answer and all the rest only when asked for."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from interview.cli.options import BankOption, JsonOption, LangOption
from interview.language import Lang, interface_language, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from interview.bank.model import Bank, Question

IdArgument = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help=say(
            zh="题目的 id，或其中足以认出它的一段。",
            en="The question's id, or a part of it that no other has.",
        ),
        show_default=False,
    ),
]
AnswerOption = Annotated[
    bool,
    typer.Option(
        "--answer",
        "-a",
        help=say(zh="连同答案和演示代码。", en="With the answer and its demo."),
    ),
]
AllOption = Annotated[
    bool,
    typer.Option(
        "--all",
        help=say(
            zh="连同答案、要点、追问、出处；编程题还有检查项和参考实现。",
            en="With the answer, key points, follow-ups and sources;"
            " for an exercise its checks and model solution too.",
        ),
    ),
]


def command(
    question: IdArgument,
    *,
    answer: AnswerOption = False,
    everything: AllOption = False,
    lang: LangOption = None,
    bank: BankOption = None,
    json: JsonOption = False,
) -> None:
    """Show one question."""
    from interview.bank.find import find_question
    from interview.bank.load import load_bank
    from interview.cli.output import emit_json, paged
    from interview.paths import bank_root

    loaded = load_bank(bank_root(bank))
    found = find_question(loaded, question)
    if json:
        from interview.render.data import question_data

        emit_json(question_data(found, loaded, answer=answer, more=everything))
        return
    languages = lang.languages() if lang else (interface_language(),)
    paged(_page(found, loaded, languages, answer=answer, everything=everything))


def _page(
    question: "Question",
    bank: "Bank",
    languages: tuple[Lang, ...],
    *,
    answer: bool,
    everything: bool,
) -> "Iterator[RenderableType]":
    """Yield the parts of the page, a blank line before each."""
    from interview.render import question as parts
    from interview.render.demo import demo_recorded

    yield parts.question_header(question, languages)
    yield ""
    yield parts.question_prompt(question, languages)
    if answer or everything:
        yield ""
        yield parts.question_answer(question, languages, points=everything)
        if question.demo:
            yield ""
            yield demo_recorded(question, languages[0])
    elif sys.stdout.isatty():
        yield ""
        yield parts.hint_line(_what_next(question))
    if everything:
        yield ""
        yield parts.question_more(question, languages, bank)
    if everything and question.exercise:
        yield ""
        yield parts.exercise_checks(question.exercise, languages)
        solution = bank.solution(question)
        if solution.is_file():
            yield ""
            yield parts.model_solution(solution.read_text(encoding="utf-8"), languages)


def _what_next(question: "Question") -> str:
    """Return what to type next, for a reader at a terminal."""
    if question.exercise:
        return say(
            zh=f"`interview start {question.id}` 写出起始文件；`interview check 文件` 评分。",
            en=f"`interview start {question.id}` writes the starter;"
            " `interview check FILE` grades it.",
        )
    return say(
        zh="加 --answer 看答案，加 --all 看全部。",
        en="--answer shows the answer, --all everything.",
    )
