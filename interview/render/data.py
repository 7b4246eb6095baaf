"""A question as plain values for `--json`: every text in both languages, nothing not asked for."""

from typing import Any

from interview.bank.model import (
    Bank,
    Chart,
    Check,
    Choice,
    ExpectedNumber,
    ExpectedShape,
    FollowUp,
    Question,
)
from interview.language import Bilingual

Values = dict[str, Any]


def summary_data(question: Question) -> Values:
    """Return what a list shows of a question."""
    return {
        "id": question.id,
        "topic": question.topic,
        "kind": question.kind.value,
        "difficulty": question.difficulty.value,
        "title": bilingual(question.title),
        "tags": list(question.tags),
    }


def question_data(question: Question, bank: Bank, *, answer: bool, more: bool) -> Values:
    """Return the prompt; with `answer` what is right and why; with `more` all the rest.

    An exercise's hints and suite are never in it, its model solution only with `more`.
    """
    data = summary_data(question) | _prompt(question)
    if answer or more:
        data |= _answer(question)
    if more:
        data |= _more(question, bank)
    return data


def bilingual(text: Bilingual) -> dict[str, str]:
    """Return a text as `{zh, en}`."""
    return {"zh": text.zh, "en": text.en}


def _prompt(question: Question) -> Values:
    data: Values = {"prompt": bilingual(question.prompt)}
    if question.code is not None:
        data["code"] = question.code
    if question.choices:
        data["choices"] = [bilingual(choice.text) for choice in question.choices]
    if question.expect is not None:
        data["answer_form"] = _form(question.expect)
    if question.exercise is not None:
        data["contract"] = {
            "entry": question.exercise.entry,
            "signature": question.exercise.signature,
            "also": list(question.exercise.also),
            "rules": bilingual(question.exercise.rules),
            "forbids": list(question.exercise.forbids),
            "time_limit": question.exercise.time_limit,
        }
    return data


def _form(expect: ExpectedNumber | ExpectedShape) -> Values:
    if isinstance(expect, ExpectedShape):
        return {"type": "shape"}
    unit = {"unit": bilingual(expect.unit)} if expect.unit else {}
    return {"type": "number", **unit}


def _answer(question: Question) -> Values:
    data: Values = {"answer": bilingual(question.answer)}
    if question.choices:
        data["choices"] = [_choice(choice) for choice in question.choices]
    match question.expect:
        case ExpectedShape(shape=shape):
            data["expect"] = {"shape": list(shape)}
        case ExpectedNumber(value=value, tolerance=tolerance):
            data["expect"] = {"value": value, "tolerance": tolerance}
    return data


def _choice(choice: Choice) -> Values:
    return {**bilingual(choice.text), "correct": choice.correct, "why": bilingual(choice.why)}


def _more(question: Question, bank: Bank) -> Values:
    data: Values = {
        "key_points": [bilingual(point.text) for point in question.key_points],
        "follow_ups": [_follow_up(item) for item in question.follow_ups],
        "requires": list(question.requires),
        "sources": list(question.sources),
        "demo": question.demo,
        "output": question.output,
        "chart": question.chart and chart_data(question.chart),
    }
    if question.exercise is not None:
        data["checks"] = [_check(check) for check in question.exercise.checks]
        solution = bank.solution(question)
        data["solution"] = solution.read_text(encoding="utf-8") if solution.is_file() else None
    return data


def _follow_up(item: FollowUp) -> Values:
    return {"question": item.question} if item.text is None else bilingual(item.text)


def _check(check: Check) -> Values:
    return {"id": check.id, "tier": check.tier.value, "claim": bilingual(check.claim)}


def chart_data(chart: Chart) -> Values:
    """Return a chart as plain data: its words, its scales, the code that prints its points."""
    return {
        "x": bilingual(chart.x),
        "y": bilingual(chart.y),
        "series": [bilingual(one) for one in chart.series],
        "log": sorted(chart.log),
        "code": chart.code,
    }
