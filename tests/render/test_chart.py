"""Curves in the terminal: axes at round numbers, curves told apart, Chinese aligned."""

import pytest
from rich.cells import cell_len

from interview.bank.model import Chart
from interview.language import Lang
from interview.render.chart import Curve
from tests.render.paper import bilingual, page

AXES = {"x": bilingual("层数 L", "depth L"), "y": bilingual("方差", "variance"), "code": ""}
NAMES = (bilingual("无归一化", "no norm"), bilingual("有归一化", "norm"))


def drawn(chart: Chart, points: list[tuple[float, ...]], lang: Lang, width: int = 60) -> list[str]:
    return page(Curve(chart, points, lang), width=width).rstrip("\n").split("\n")


def test_one_curve_is_a_line_between_axes() -> None:
    """Axes are named in the reader's language and marked at round numbers."""
    lines = drawn(Chart(**AXES), [(x, x * x) for x in range(11)], Lang.ZH)
    assert lines[0] == "纵轴：方差；横轴：层数 L"
    assert lines[-1].split() == ["0", "2", "4", "6", "8", "10"]
    marks = [line.partition("┤")[0].strip() for line in lines if "┤" in line]
    assert marks == ["100", "80", "60", "40", "20", "0"]
    assert any("⠀" < character <= "⣿" for line in lines for character in line)


def test_several_curves_have_marks_of_their_own() -> None:
    """Without colour, `o` and `x` tell which curve is which."""
    chart = Chart(**AXES, series=NAMES, log=frozenset({"y"}))
    lines = drawn(chart, [(x, 2.0**x, float(x)) for x in range(1, 41)], Lang.EN)
    assert lines[:2] == ["y: variance (logarithmic); x: depth L", "o no norm   x norm"]
    body = "\n".join(lines[2:])
    assert body.count("o") > 20
    assert body.count("x") > 20
    marks = [line.partition("┤")[0].strip() for line in lines if "┤" in line]
    assert marks == ["1e10", "1e5", "1e0"]


@pytest.mark.parametrize("width", [30, 46, 80, 200])
def test_every_line_fits_and_the_frame_is_straight(width: int) -> None:
    """Whatever the page, no line is wider than it, and the right border stands in one column."""
    chart = Chart(**AXES, series=NAMES)
    lines = drawn(chart, [(x, x, -x) for x in range(5)], Lang.ZH, width)
    assert max(map(cell_len, lines)) <= min(width, 76)
    borders = {cell_len(line) for line in lines if line.endswith(("│", "┐", "┘"))}
    assert len(borders) == 1


def test_a_flat_curve_has_an_axis_too() -> None:
    """A constant has no range to divide, and is drawn all the same."""
    lines = drawn(Chart(**AXES), [(0, 3.0), (1, 3.0)], Lang.EN)
    assert len(lines) > 10
