"""From the plain values of a question file to the model. No rules here: `parse` has judged them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from interview.bank.model import (
    Chart,
    Check,
    Choice,
    Difficulty,
    Exercise,
    ExpectedNumber,
    ExpectedShape,
    FollowUp,
    KeyPoint,
    Kind,
    Misconception,
    Question,
    Tier,
)
from interview.language import Bilingual

DEFAULT_TIME_LIMIT = 20.0  # seconds, where a contract names none

Values = Mapping[str, Any]


def build_question(question_id: str, path: Path, values: Values) -> Question:
    """Return the question that a file's plain, already judged values describe."""
    return Question(
        id=question_id,
        path=path,
        kind=Kind(values["kind"]),
        difficulty=Difficulty(values["difficulty"]),
        title=_bilingual(values["title"]),
        prompt=_bilingual(values["prompt"]),
        answer=_bilingual(values["answer"]),
        sources=tuple(values.get("sources", ())),
        key_points=tuple(_key_point(point) for point in values.get("key_points", ())),
        choices=tuple(_choice(choice) for choice in values.get("choices", ())),
        expect=_expect(values["expect"]) if "expect" in values else None,
        code=values.get("code"),
        exercise=_exercise(values) if "contract" in values else None,
        follow_ups=tuple(_follow_up(entry) for entry in values.get("follow_ups", ())),
        tags=tuple(values.get("tags", ())),
        requires=tuple(values.get("requires", ())),
        seed=values.get("seed"),
        demo=values.get("demo"),
        output=values.get("output"),
        chart=_chart(values["chart"]) if "chart" in values else None,
        ring=values.get("ring"),
    )


def _bilingual(values: Values) -> Bilingual:
    return Bilingual(zh=values["zh"], en=values["en"])


def _key_point(values: Values) -> KeyPoint:
    return KeyPoint(text=_bilingual(values), terms=tuple(values.get("terms", ())))


def _choice(values: Values) -> Choice:
    return Choice(text=_bilingual(values), correct=values["correct"], why=_bilingual(values["why"]))


def _expect(values: Values) -> ExpectedNumber | ExpectedShape:
    if "shape" in values:
        return ExpectedShape(shape=tuple(values["shape"]))
    return ExpectedNumber(
        value=float(values["value"]),
        tolerance=float(values["tolerance"]),
        unit=_bilingual(values["unit"]) if "unit" in values else None,
    )


def _follow_up(entry: str | Values) -> FollowUp:
    return FollowUp(question=entry) if isinstance(entry, str) else FollowUp(text=_bilingual(entry))


def _chart(values: Values) -> Chart:
    return Chart(
        x=_bilingual(values["x"]),
        y=_bilingual(values["y"]),
        series=tuple(_bilingual(one) for one in values.get("series", ())),
        log=frozenset(values.get("log", ())),
        code=values["code"],
    )


def _exercise(values: Values) -> Exercise:
    contract = values["contract"]
    return Exercise(
        entry=contract["entry"],
        signature=contract["signature"],
        also=tuple(contract.get("also", ())),
        rules=_bilingual(contract["rules"]),
        forbids=tuple(contract.get("forbids", ())),
        time_limit=float(contract.get("time_limit", DEFAULT_TIME_LIMIT)),
        checks=tuple(_check(check) for check in values.get("checks", ())),
        misconceptions=tuple(_misconception(one) for one in values.get("misconceptions", ())),
    )


def _check(values: Values) -> Check:
    return Check(
        id=values["id"],
        tier=Tier(values["tier"]),
        claim=_bilingual(values["claim"]),
        hint=_bilingual(values["hint"]),
        requires=tuple(values.get("requires", ())),
    )


def _misconception(values: Values) -> Misconception:
    return Misconception(id=values["id"], hint=_bilingual(values["hint"]))
