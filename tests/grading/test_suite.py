"""What a suite's comparisons accept, and what they show of what they do not."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from interview.grading.suite import (
    Bilingual,
    CheckFailed,
    Evidence,
    Inputs,
    expect,
    expect_close,
    expect_equal,
    expect_same,
    raises,
)

X = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
GRADIENT = Bilingual(zh="x 的梯度", en="gradient of x")


def evidence_of(error: pytest.ExceptionInfo[CheckFailed]) -> Evidence:
    evidence = error.value.evidence
    assert evidence is not None
    return evidence


def test_the_worst_row_is_shown_with_its_input() -> None:
    """The evidence is the one row that matters, with five significant digits."""
    actual = torch.tensor([[1.0, 2.5], [3.0, 4.123456789]])
    with pytest.raises(CheckFailed, match=r"output: differs by up to 0\.5") as error:
        expect_close(actual, X, atol=0.1, given=10 * X)
    assert evidence_of(error) == Evidence("[10, 20]", "[1, 2]", "[1, 2.5]")


def test_the_input_is_told_by_its_shape_where_rows_do_not_correspond() -> None:
    """Leading dimensions that differ leave no row to show."""
    with pytest.raises(CheckFailed) as error:
        expect_close(X + 1, X, atol=0.1, given=torch.ones(5, 2), what=GRADIENT, itself=True)
    shown = Bilingual(zh="形状 (5, 2)", en="shape (5, 2)")
    assert evidence_of(error) == Evidence(shown, "[1, 2]", "[2, 3]", GRADIENT, itself=True)


def test_another_shape_is_never_close() -> None:
    """Values that would broadcast are no excuse."""
    with pytest.raises(CheckFailed) as error:
        expect_close(torch.ones(1, 2), torch.ones(2), atol=1.0)
    assert evidence_of(error).actual == Bilingual(zh="形状 (1, 2)", en="shape (1, 2)")


@pytest.mark.parametrize("value", [torch.nan, torch.inf, -torch.inf])
def test_a_value_that_is_not_finite_equals_itself_alone(value: float) -> None:
    """NaN expected is NaN accepted; it is not close to a number, whatever the tolerance."""
    odd = torch.tensor([value])
    expect_close(odd, odd, atol=0.0)
    for left, right in ((odd, torch.ones(1)), (torch.ones(1), odd)):
        with pytest.raises(CheckFailed):
            expect_close(left, right, atol=1e9)


@given(
    expected=st.floats(-1e6, 1e6),
    error=st.floats(-1e3, 1e3),
    atol=st.floats(0, 10),
    rtol=st.floats(0, 0.1),
)
def test_the_tolerance_is_absolute_plus_relative(
    expected: float, error: float, atol: float, rtol: float
) -> None:
    """|actual − expected| ≤ atol + rtol·|expected|, as numpy and torch define it."""
    wanted = torch.tensor([expected], dtype=torch.float64)
    actual = wanted + error
    allowed = atol + rtol * abs(expected)
    close = raises(lambda: expect_close(actual, wanted, atol=atol, rtol=rtol)) is None
    distance = abs(float(actual - wanted))
    if abs(distance - allowed) > 1e-9 * (1 + allowed):
        assert close == (distance < allowed)


def test_an_own_answer_that_is_right_yields_to_the_definition() -> None:
    """Where the submission gave the right answer elsewhere, that one is expected."""
    with pytest.raises(CheckFailed) as error:
        expect_same(X + 1, own=X, wanted=X, atol=0.1)
    assert not evidence_of(error).itself
    assert evidence_of(error).expected == "[1, 2]"


def test_an_own_answer_that_is_wrong_is_not_called_expected() -> None:
    """Where only the answer elsewhere is wrong, it is shown as what it is."""
    with pytest.raises(CheckFailed) as error:
        expect_same(X, own=X + 5, wanted=X, atol=0.1)
    assert evidence_of(error) == Evidence(None, "[6, 7]", "[1, 2]", itself=True)


def test_the_same_wrong_answer_twice_is_the_same() -> None:
    """This comparison does not ask for the right formula."""
    expect_same(X + 5, own=X + 5, wanted=X, atol=0.1)


def test_plain_values_are_told_in_words() -> None:
    """A dtype is shown as candidates write it, booleans as Python does."""
    what = Bilingual(zh="输出的 dtype", en="dtype of the output")
    with pytest.raises(CheckFailed) as error:
        expect_equal(torch.float32, torch.float16, what=what, given=(2, 3))
    assert evidence_of(error) == Evidence("(2, 3)", "float16", "float32", what)
    expect_equal((2, 3), (2, 3), what=what)


def test_a_condition_shows_its_message_in_both_languages() -> None:
    """What has no two sides is said in words."""
    said = Bilingual(zh="没有梯度", en="there is no gradient")
    expect(condition=True, message=said)
    with pytest.raises(CheckFailed, match="there is no gradient") as error:
        expect(condition=False, message=said)
    assert evidence_of(error).actual == said


def test_inputs_depend_on_seed_and_name_alone() -> None:
    """The same (seed, name) gives the same values, any other gives others."""

    def drawn(seed: int, name: str) -> Tensor:
        return Inputs(seed, name).randn(4)

    assert torch.equal(drawn(7, "a"), drawn(7, "a"))
    assert not torch.equal(drawn(7, "a"), drawn(8, "a"))
    assert not torch.equal(drawn(7, "a"), drawn(7, "b"))
    values = Inputs(7, "a").uniform(1000, low=2, high=3)
    assert values.min() >= 2
    assert values.max() < 3


def test_raises_returns_the_exception() -> None:
    """Any exception is an answer; none is None."""
    assert isinstance(raises(lambda: int("no")), ValueError)
    assert raises(lambda: 1) is None
