"""A question shows what was asked for, and hides what was not."""

import pytest

from interview.bank.model import ExpectedNumber, ExpectedShape, Kind
from interview.render.question import (
    choice_explanations,
    exercise_checks,
    key_points,
    model_solution,
    question_answer,
    question_header,
    question_more,
    question_prompt,
)
from tests.render.paper import (
    BANK,
    BOTH,
    CHOICE,
    EN,
    EXERCISE,
    RECALL,
    ZH,
    bilingual,
    page,
    question,
)


def test_header() -> None:
    """The header names the question and says what it is."""
    assert page(question_header(RECALL, ZH), width=60) == (
        "什么是残差连接\nresidual/what · 简答 · 简单  #residual\n"
    )
    assert page(question_header(RECALL, EN), width=60) == (
        "What is a residual connection\nresidual/what · recall · easy  #residual\n"
    )


def test_two_languages_follow_one_another() -> None:
    """With both languages the reader's own comes first, each under its name."""
    assert page(question_prompt(RECALL, BOTH)) == (
        "── 中文\n什么是残差连接？\n\n── English\nWhat is a residual connection?\n"
    )
    assert page(question_prompt(RECALL, BOTH[::-1])).startswith("── English")


def test_choices_are_lettered_and_not_given_away() -> None:
    """The prompt of a choice shows the options and nothing of which is right."""
    assert page(question_prompt(CHOICE, EN)) == (
        "What is a residual connection?\n\nA  Concatenate\nB  Add\n"
    )
    assert page(question_prompt(CHOICE, BOTH)).endswith(
        "A  拼接\n   Concatenate\nB  相加\n   Add\n"
    )


def test_choices_can_be_shuffled() -> None:
    """Letters follow the order shown, in the prompt and in the answer."""
    assert page(question_prompt(CHOICE, EN, (1, 0))).endswith("A  Add\nB  Concatenate\n")
    assert page(question_answer(CHOICE, EN, (1, 0))).startswith("Answer: A\n")


def test_choices_are_explained() -> None:
    """Each option says whether it is right and why, and which one was picked."""
    assert page(choice_explanations(CHOICE, ZH, frozenset({0}))) == (
        "✗ A  拼接（你选的）\n     那是 DenseNet。\n\n✓ B  相加\n     形状不变。\n"
    )


@pytest.mark.parametrize(
    ("expect", "asked", "answered"),
    [
        (ExpectedNumber(0.9354, 0.001), "Answer with a number.", "Answer: 0.9354 ± 0.001"),
        (
            ExpectedNumber(36864, 0.0, bilingual("个参数", "parameters")),
            "Answer with a number of parameters.",
            "Answer: 36864 parameters",
        ),
        (
            ExpectedShape(("B", 16, 32)),
            "Answer with a shape, such as (2, 3).",
            "Answer: (B, 16, 32)",
        ),
        (ExpectedShape((8,)), "Answer with a shape, such as (2, 3).", "Answer: (8,)"),
    ],
)
def test_numeric(expect: ExpectedNumber | ExpectedShape, asked: str, answered: str) -> None:
    """The prompt says what form the answer has, and only the answer says its value."""
    numeric = question(kind=Kind.NUMERIC, expect=expect)
    assert page(question_prompt(numeric, EN)).endswith(f"\n\n{asked}\n")
    assert page(question_answer(numeric, EN)).startswith(f"{answered}\n")


def test_faulty_code_is_numbered() -> None:
    """The code of a bug question has line numbers to speak of."""
    bug = question(kind=Kind.BUG, code="x = 1\ny = 2\n")
    assert page(question_prompt(bug, EN)).endswith("\n\n1 │ x = 1\n2 │ y = 2\n")


def test_contract() -> None:
    """An exercise shows its signature, its rules, what it forbids and its time."""
    assert page(question_prompt(EXERCISE, EN), width=60).endswith(
        "  LayerNorm(num_features, eps=1e-5)\n\n"
        "Normalize the last dimension.\n\n"
        "Not allowed: nn.LayerNorm, torch.var_mean\n\n"
        "Graded within 20 s.\n"
    )


def test_answer_with_and_without_key_points() -> None:
    """Key points follow the answer unless the caller shows them otherwise."""
    answer = "答案\n\n把输入加回输出。\n"
    assert page(question_answer(RECALL, ZH, points=False)) == answer
    assert page(question_answer(RECALL, ZH)) == answer + "\n要点\n• 逐元素相加\n• 形状相同\n"


def test_key_points_are_ticked() -> None:
    """Ticks can be told without colour."""
    assert page(key_points(RECALL, EN, frozenset({1}))) == (
        "[ ] 1. Element-wise\n[✓] 2. Same shape\n"
    )


def test_more_resolves_ids_to_titles() -> None:
    """What follows a question names other questions by id and title."""
    assert page(question_more(RECALL, ZH, BANK)) == (
        "追问\n• 形状不同呢？\n• residual/add  相加还是拼接\n\n"
        "先要知道\n• residual/add  相加还是拼接\n\n"
        "出处\n[1] arXiv:1512.03385 §3.2\n"
    )


def test_an_exercise_never_shows_its_hints() -> None:
    """Claims are shown; hints and misconceptions are the grader's to tell."""
    shown = page(
        question_prompt(EXERCISE, BOTH),
        question_answer(EXERCISE, BOTH),
        question_more(EXERCISE, BOTH, BANK),
        exercise_checks(EXERCISE.exercise, BOTH),  # type: ignore[arg-type]
    )
    assert "The variance is divided by N" in shown
    assert "秘密" not in shown
    assert "secret" not in shown


def test_model_solution() -> None:
    """The model solution stands under its name, with line numbers."""
    assert page(model_solution("x = 1\n", EN)) == "Model solution\n1 │ x = 1\n"
