"""Typed answers: read generously, never guessed, and never a crash."""

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview.bank.model import ExpectedNumber, ExpectedShape
from interview.language import Bilingual
from interview.review.answers import (
    Shape,
    UnreadableError,
    agrees,
    read_answer,
    read_letters,
    read_number,
    read_shape,
)

MB = Bilingual(zh="MB", en="MB")
PERCENT = Bilingual(zh="%", en="%")
TIMES = Bilingual(zh="倍", en="times")
PARAMETERS = Bilingual(zh="个参数", en="parameters")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.935", 0.935),
        (".5", 0.5),
        ("-3", -3.0),
        ("−3", -3.0),
        ("7/8", 0.875),
        ("½", 0.5),
        ("2½", 2.5),
        ("93.5%", 0.935),
        ("1e-5", 1e-5),
        ("10^-5", 1e-5),
        ("10**-5", 1e-5),
        ("10⁻⁵", 1e-5),
        ("2^40", 2.0**40),
        ("-2^2", -4.0),
        ("1.1×10^12", 1.1e12),
        ("1.1 x 10^12", 1.1e12),
        ("1,024", 1024.0),
        ("12,345,678.5", 12345678.5),
        ("1_000_000", 1e6),
        ("１，０２４", 1024.0),
        ("sqrt(7/8)", math.sqrt(7 / 8)),
        ("√7", math.sqrt(7)),
        ("2√7", 2 * math.sqrt(7)),
        ("√(7/8) ≈ 0.935", 0.935),
        ("ln(50257)", math.log(50257)),
        ("e^-1", math.exp(-1)),
        ("π/2", math.pi / 2),
        ("(1+2)*3", 9.0),
        ("约 0.935。", 0.935),
        ("~12", 12.0),
        ("8 heads", 8.0),
        ("7B", 7e9),
        ("1.2 million", 1.2e6),
        ("3 万", 3e4),
        ("1.5亿", 1.5e8),
        ("无穷大", math.inf),
        ("-inf", -math.inf),
    ],
)
def test_numbers_as_people_write_them(text: str, value: float) -> None:
    """Fractions, roots, powers, percentages, separators, full-width digits, magnitudes."""
    assert read_number(text) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("28", MB, 28.0),
        ("28 MB", MB, 28.0),
        ("28mb", MB, 28.0),
        ("2 GB", MB, 2000.0),
        ("2 GiB", MB, 2**31 / 1e6),
        ("93.5%", PERCENT, 93.5),
        ("93.5", PERCENT, 93.5),
        ("0.935x", TIMES, 0.935),
        ("0.935×", TIMES, 0.935),
        ("93.5%", TIMES, 0.935),
        ("38400 个", PARAMETERS, 38400.0),
        ("38.4K params", PARAMETERS, 38400.0),
        ("3.84万个参数", PARAMETERS, 38400.0),
    ],
)
def test_units_are_read(text: str, unit: Bilingual, value: float) -> None:
    """The unit may be left out, shortened, or another of the same measure."""
    assert read_number(text, unit) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("", None),
        ("idk", None),
        ("1,5", None),
        ("12 or 13", None),
        ("1..2", None),
        ("(1+2", None),
        ("1/0", None),
        ("9^9^9^9", None),
        ("√-1", None),
        ("9" * 200, None),
        ("(" * 60, None),
        ("5 apples", MB),
        ("5 s", MB),
    ],
)
def test_what_is_no_number_is_asked_again(text: str, unit: Bilingual | None) -> None:
    """It is not a wrong answer, and the message shows in both languages what can be read."""
    with pytest.raises(UnreadableError) as caught:
        read_number(text, unit)
    assert caught.value.message.zh != caught.value.message.en


@pytest.mark.parametrize(
    ("value", "right"),
    [(0.9354, True), (0.9364, True), (0.9344, True), (0.9365, False), (1.0, False)],
)
def test_tolerance_includes_its_ends(value: float, right: bool) -> None:
    """An answer on the edge is right, whatever the rounding of floats."""
    assert agrees(value, ExpectedNumber(0.9354, 0.001)) is right


def test_the_extremes_agree_with_themselves_only() -> None:
    """Infinity and NaN can be answers too."""
    assert agrees(math.inf, ExpectedNumber(math.inf, 0.1))
    assert not agrees(-math.inf, ExpectedNumber(math.inf, 0.1))
    assert agrees(read_number("NaN"), ExpectedNumber(math.nan, 0.1))
    assert not agrees(math.nan, ExpectedNumber(1.0, 0.1))


@pytest.mark.parametrize(
    "text",
    [
        "(B, 16, 32)",
        "[b,16,32]",
        "B x 16 x 32",
        "Bx16x32",
        "B×16×32",
        "B 16 32",
        "（B，16，３２）",
        "【B、16、32】",
        "torch.Size([B, 16, 32])",
        "shape: (B, 16, 32)",
        "(B, 16, 32,)",
        "B*16*32",
    ],
)
def test_a_shape_in_any_notation(text: str) -> None:
    """Brackets, separators, case and width do not matter."""
    assert agrees(read_answer(text, ExpectedShape(())), ExpectedShape(("B", 16, 32)))


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("()", ()),
        ("标量", ()),
        ("(8,)", (8,)),
        ("8", (8,)),
        ("2x3", (2, 3)),
        ("(T*B, C//4)", ("B*T", "C/4")),
        ("x, y", ("X", "Y")),
    ],
)
def test_shapes_at_the_edges(text: str, shape: Shape) -> None:
    """Scalars, vectors, products in either order, letters that look like separators."""
    assert agrees(read_shape(text), ExpectedShape(shape))


@pytest.mark.parametrize("text", ["", "?", "(2 3", "(B,,3)", "(B, -1)", "no idea", "2.5"])
def test_what_is_no_shape_is_asked_again(text: str) -> None:
    """A sentence, a half bracket or a missing size is neither right nor wrong."""
    with pytest.raises(UnreadableError):
        read_shape(text)


def test_another_shape_is_wrong() -> None:
    """Order and number of the sizes matter."""
    expected = ExpectedShape(("B", 16, 32))
    assert not any(agrees(read_shape(text), expected) for text in ("B,32,16", "B,16", "B,16,32,1"))


@pytest.mark.parametrize(
    ("text", "positions"),
    [
        ("A", {0}),
        ("ac", {0, 2}),
        ("A,C", {0, 2}),
        ("Ａ、Ｃ", {0, 2}),
        ("a c", {0, 2}),
        ("A和C", {0, 2}),
        ("a and d", {0, 3}),
        ("选 B。", {1}),
        ("(B)", {1}),
        ("ad", {0, 3}),
    ],
)
def test_letters_of_choices(text: str, positions: set[int]) -> None:
    """One or several, with or without anything between them."""
    assert read_letters(text, 4) == positions


@pytest.mark.parametrize("text", ["", "E", "1", "A or so", "?"])
def test_other_letters_are_asked_again(text: str) -> None:
    """A letter that no choice has is a slip of the finger, not a wrong answer."""
    with pytest.raises(UnreadableError, match="A to D"):
        read_letters(text, 4)


@given(st.text(alphabet="0123456789.,+-*/^()eEx×√π%kM万 sqrtln⁻²½=≈", max_size=40) | st.text())
def test_no_text_makes_reading_fail(text: str) -> None:
    """Whatever is typed is read or asked again."""
    readers = (read_number, lambda line: read_number(line, MB), read_shape)
    for read in (*readers, lambda line: read_letters(line, 4)):
        with suppress(UnreadableError):
            read(text)


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_a_number_written_by_python_is_read_back(value: float) -> None:
    """Every notation of `repr` is understood."""
    assert read_number(repr(value)) == pytest.approx(value, rel=1e-12)


@given(st.lists(st.integers(0, 10**6) | st.sampled_from("BTCHW"), max_size=5))
def test_a_shape_written_as_a_tuple_is_read_back(sizes: list[int | str]) -> None:
    """The form that answers are shown in is a form that they can be typed in."""
    assert agrees(read_shape(f"({', '.join(map(str, sizes))})"), ExpectedShape(tuple(sizes)))
