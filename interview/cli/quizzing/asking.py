"""Asking one question: the page, the answer, what it came to, and how well it went."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import TypeVar

from rich.console import RenderableType
from rich.text import Text

from interview.bank.model import ExpectedNumber, ExpectedShape, Kind, Question
from interview.cli.quizzing.conversation import Conversation
from interview.cli.quizzing.keys import normal_key, read_numbers, read_rating
from interview.cli.quizzing.view import ratings_line, verdict
from interview.language import Bilingual, Lang, say
from interview.render.layout import heading, stack
from interview.render.question import (
    choice_explanations,
    key_points,
    question_answer,
    question_prompt,
)
from interview.review.answers import UnreadableError, agrees, read_answer, read_letters
from interview.review.matching import points_made
from interview.review.model import Rating
from interview.review.session import option_order, suggested_rating

_ANSWER = Bilingual(zh="答案> ", en="answer> ")
_MORE = Bilingual(zh="    | ", en="      | ")
_LETTERS = Bilingual(zh="选哪个> ", en="choice> ")
_POINTS = Bilingual(
    zh="答到了哪些？输入数字勾选或取消，回车确认> ",
    en="Points made? Numbers toggle, Enter confirms> ",
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an answer came to. `at` is when it was given; `correct` is None where nobody checked.

    `suggested` is the rating that Enter takes; None where there is nothing to go by.
    """

    answer: str
    at: datetime
    correct: bool | None = None
    suggested: Rating | None = None


def ask(talk: Conversation, question: Question, repetitions: int) -> Outcome:
    """Ask a question of any kind but `code`; return what the answer came to.

    Raises:
        Departure: where the candidate leaves the question.
        EOFError: where input has ended.
    """
    if question.kind is Kind.CHOICE:
        return _ask_choice(talk, question, repetitions)
    if question.expect is not None:
        return _ask_value(talk, question, question.expect)
    return _ask_recall(talk, question)


def ask_rating(
    talk: Conversation, suggested: Rating | None, due: Mapping[Rating, date], today: date
) -> Rating:
    """Return how well it went by the candidate's own judgement; Enter takes the suggestion.

    Raises:
        Departure: where the candidate leaves the question.
        EOFError: where input has ended.
    """
    talk.show(ratings_line(due, today))
    default = f" [{int(suggested)}]" if suggested else ""
    prompt = Bilingual(zh=f"评分{default}> ", en=f"rating{default}> ")
    while True:
        line = talk.read(prompt)
        if line is None:
            _show_page_again(talk)
            continue
        if suggested and not normal_key(line):
            return suggested
        if rating := read_rating(line):
            return rating
        talk.tell(
            zh="请输入 1–4：1 重来，2 困难，3 良好，4 简单",
            en="type 1–4: 1 Again, 2 Hard, 3 Good, 4 Easy",
        )


# ── recall and bug: said or typed, then confirmed point by point ─────────────────────────────


def _ask_recall(talk: Conversation, question: Question) -> Outcome:
    _turn_to_question(talk, question)
    answer = _read_lines(talk)
    at = talk.now()
    made = points_made(answer, question.key_points)
    talk.show("")
    talk.turn_to(partial(_recall_answer, question, made))
    if question.key_points:
        made = _confirm_points(talk, question, made)
    judged = bool(question.key_points) and bool(answer or made)
    suggested = suggested_rating(len(made), len(question.key_points)) if judged else None
    return Outcome(answer, at, suggested=suggested)


def _read_lines(talk: Conversation) -> str:
    """Return the lines typed up to an empty one; `:a` ends them as well."""
    lines: list[str] = []
    while line := talk.read(_MORE if lines else _ANSWER):
        if not line.strip():
            break
        lines.append(line)
    return "\n".join(lines)


def _recall_answer(
    question: Question, made: frozenset[int], languages: tuple[Lang, ...]
) -> RenderableType:
    points = [heading(say(zh="要点", en="Key points")), key_points(question, languages, made)]
    return stack(
        [
            question_answer(question, languages, points=False),
            stack(points, gap=0) if question.key_points else None,
        ]
    )


def _confirm_points(talk: Conversation, question: Question, made: frozenset[int]) -> frozenset[int]:
    while True:
        line = talk.read(_POINTS)
        if line is None:
            _show_page_again(talk)
            continue
        numbers = read_numbers(line, len(question.key_points))
        if numbers is None:
            talk.tell(
                zh=f"请输入 1–{len(question.key_points)} 中的数字，如 2 3；回车确认",
                en=f"type numbers up to {len(question.key_points)}, such as 2 3; Enter confirms",
            )
            continue
        if not numbers:
            return made
        made ^= {number - 1 for number in numbers}
        talk.page = partial(_recall_answer, question, made)
        talk.show(key_points(question, talk.languages, made))


# ── choice ───────────────────────────────────────────────────────────────────────────────────


def _ask_choice(talk: Conversation, question: Question, repetitions: int) -> Outcome:
    order = option_order(question.id, repetitions, len(question.choices))
    _turn_to_question(talk, question, order)
    line, positions = _read_until_readable(
        talk, _LETTERS, lambda line: read_letters(line, len(order))
    )
    at = talk.now()
    picked = frozenset(order[position] for position in positions or ())
    right = frozenset(index for index, each in enumerate(question.choices) if each.correct)
    correct = picked == right
    letters = "".join(sorted("ABCDE"[order.index(index)] for index in right))
    talk.show("")
    _show_verdict(talk, line, correct, say(zh=f"，应选 {letters}", en=f": the answer is {letters}"))
    talk.show("")
    talk.turn_to(partial(_choice_answer, question, picked, order))
    return Outcome(line, at, correct, Rating.GOOD if correct else Rating.AGAIN)


def _choice_answer(
    question: Question,
    picked: frozenset[int],
    order: tuple[int, ...],
    languages: tuple[Lang, ...],
) -> RenderableType:
    # The choices are explained with the candidate's picks marked, so the answer leaves them out.
    answer = question_answer(replace(question, choices=()), languages)
    return stack([choice_explanations(question, languages, picked, order), answer])


# ── numeric ──────────────────────────────────────────────────────────────────────────────────


def _ask_value(
    talk: Conversation, question: Question, expect: ExpectedNumber | ExpectedShape
) -> Outcome:
    _turn_to_question(talk, question)
    line, value = _read_until_readable(talk, _ANSWER, lambda line: read_answer(line, expect))
    at = talk.now()
    correct = value is not None and agrees(value, expect)
    talk.show("")
    _show_verdict(talk, line, correct, _as_read(value))
    talk.show("")
    talk.turn_to(lambda languages: question_answer(question, languages))
    return Outcome(line, at, correct, Rating.GOOD if correct else Rating.AGAIN)


def _as_read(value: float | tuple[int | str, ...] | None) -> str:
    shown = f"({', '.join(map(str, value))})" if isinstance(value, tuple) else f"{value or 0:.6g}"
    return say(zh=f"（你的答案读作 {shown}）", en=f" (your answer reads as {shown})")


# ── common ───────────────────────────────────────────────────────────────────────────────────


def _turn_to_question(
    talk: Conversation, question: Question, order: tuple[int, ...] | None = None
) -> None:
    talk.turn_to(
        lambda languages: stack([question_prompt(question, languages, order), Text()], gap=0)
    )


def _read_until_readable(
    talk: Conversation, prompt: Bilingual, read: Callable[[str], T]
) -> tuple[str, T | None]:
    """Return the line and what it means; what cannot be read is asked again, not wrong."""
    while True:
        line = talk.read(prompt)
        if line is None:
            return "", None
        try:
            return line, read(line)
        except UnreadableError as error:
            talk.complain(error)


def _show_verdict(talk: Conversation, line: str, correct: bool, why_not: str) -> None:
    if line:
        talk.show(verdict(correct, "" if correct else why_not))


def _show_page_again(talk: Conversation) -> None:
    if talk.page:
        talk.turn_to(talk.page)
