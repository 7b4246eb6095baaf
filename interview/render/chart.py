"""A curve in the terminal: axes and lines by plotext, words by us, so that Chinese aligns.

Curves are told apart by their marks, not by colour.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from interview.bank.model import Chart
from interview.language import Bilingual, Lang
from interview.render.wrap import Flow

_HEIGHT = 16
_WIDEST = 76
_MARKS = "ox+*"
_TICKS = 5


@dataclass(frozen=True, slots=True)
class Curve:
    """A chart and its points; as wide as the page, up to 76 cells."""

    chart: Chart
    points: Sequence[tuple[float, ...]]
    lang: Lang

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        del console
        yield _caption(self.chart, self.lang)
        yield Text(_draw(self.chart, self.points, min(options.max_width, _WIDEST)), no_wrap=True)


def _caption(chart: Chart, lang: Lang) -> RenderableType:
    scale = Bilingual(zh="（对数刻度）", en=" (logarithmic)")[lang]
    x, y = (
        one[lang] + (scale if axis in chart.log else "")
        for axis, one in (("x", chart.x), ("y", chart.y))
    )
    axes = Bilingual(zh=f"纵轴：{y}；横轴：{x}", en=f"y: {y}; x: {x}")[lang]
    named = [f"{mark} {one[lang]}" for mark, one in zip(_MARKS, chart.series, strict=False)]
    return Flow(Text("\n".join([axes, "   ".join(named)] if named else [axes])))


def _draw(chart: Chart, points: Sequence[tuple[float, ...]], width: int) -> str:
    """Return the axes and curves as lines of plain text."""
    import plotext

    figure = plotext.figure
    figure.clear()
    figure.theme("colorless")
    figure.plot_size(width, _HEIGHT)
    xs, *curves = (
        [_scaled(value, axis in chart.log) for value in column]
        for axis, column in zip(
            ["x", *"y" * len(points[0])], zip(*points, strict=True), strict=False
        )
    )
    for mark, ys in zip(_MARKS, curves, strict=False):
        signal = figure.signal(xs, ys, marker=mark if len(curves) > 1 else "braille")
        figure.draw(signal.lines(len(curves) == 1) or signal)
    for axis, values in (("x", xs), ("y", [value for ys in curves for value in ys])):
        low, high = min(values), max(values)
        ruler = figure.ruler(axis)
        ruler.lim(low, high)
        ruler.ticks(*_ticks(low, high, log=axis in chart.log))
    lines = plotext.uncolorize(figure.build()).splitlines()
    return "\n".join(line.rstrip() for line in lines).rstrip("\n")


def _scaled(value: float, log: bool) -> float:
    return math.log10(value) if log else value


def _ticks(low: float, high: float, *, log: bool) -> tuple[list[float], list[str]]:
    """Return where an axis is marked, and how: at round numbers, or at powers of ten."""
    step = _step((high - low) / _TICKS, whole=log)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    places = [number * step for number in range(first, last + 1)]
    return places, [f"1e{round(place)}" if log else f"{place:.4g}" for place in places]


def _step(least: float, *, whole: bool) -> float:
    """Return the smallest of 1, 2, 5, 10, 20, … times a power of ten that is not below."""
    if least <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    step = next(power * one for one in (1, 2, 5, 10) if power * one >= least * (1 - 1e-9))
    return max(step, 1.0) if whole else step
