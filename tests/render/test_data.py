"""The JSON of a question holds both languages, and no more than was asked for."""

import json

from interview.bank.model import ExpectedNumber, ExpectedShape, Kind
from interview.render.data import question_data
from tests.render.paper import BANK, CHOICE, EXERCISE, RECALL, bilingual, question


def test_a_prompt_gives_nothing_away() -> None:
    """Without `answer` neither the answer nor the right choice is in it."""
    data = question_data(CHOICE, BANK, answer=False, more=False)
    assert data["choices"] == [{"zh": "拼接", "en": "Concatenate"}, {"zh": "相加", "en": "Add"}]
    assert not {"answer", "expect", "key_points", "sources"} & set(data)


def test_the_answer_explains_the_choices() -> None:
    """With `answer` each choice says whether it is right and why."""
    data = question_data(CHOICE, BANK, answer=True, more=False)
    assert [choice["correct"] for choice in data["choices"]] == [False, True]
    assert data["choices"][0]["why"]["en"] == "DenseNet."
    assert "sources" not in data


def test_more_holds_the_rest() -> None:
    """With `more` come key points, follow-ups, sources and demo, and the answer too."""
    data = question_data(RECALL, BANK, answer=False, more=True)
    assert data["answer"]["zh"] == "把输入加回输出。"
    assert data["follow_ups"] == [
        {"zh": "形状不同呢？", "en": "And if shapes differ?"},
        {"question": "residual/add"},
    ]
    assert data["demo"] == "print(1)\n"


def test_a_number_and_a_shape() -> None:
    """The form of an answer is told before its value."""
    number = question(kind=Kind.NUMERIC, expect=ExpectedNumber(1.5, 0.1, bilingual("米", "m")))
    assert question_data(number, BANK, answer=False, more=False)["answer_form"] == {
        "type": "number",
        "unit": {"zh": "米", "en": "m"},
    }
    shape = question(kind=Kind.NUMERIC, expect=ExpectedShape(("B", 2)))
    data = question_data(shape, BANK, answer=True, more=False)
    assert (data["answer_form"], data["expect"]) == ({"type": "shape"}, {"shape": ["B", 2]})


def test_an_exercise_never_gives_its_hints() -> None:
    """Claims come with `more`; hints and misconceptions never."""
    data = question_data(EXERCISE, BANK, answer=True, more=True)
    assert data["checks"][0]["claim"]["en"] == "The variance is divided by N"
    assert data["solution"] is None
    assert "secret" not in json.dumps(data)
