"""The results of many submissions, exercise by exercise."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from interview.language import Bilingual, Lang
from interview.render.layout import heading, stack

ReportData = Mapping[str, Any]
_LONGEST_NAME = 40


def grades_view(reports: Sequence[ReportData], lang: Lang) -> RenderableType:
    """Return a table an exercise, a row a report (data of `Report.to_data`), and a count."""
    exercises = dict.fromkeys(report["exercise"] for report in reports)
    tables = [
        stack([heading(name), _table([one for one in reports if one["exercise"] == name])], gap=0)
        for name in exercises
    ]
    return stack([*tables, Text(_count(reports, lang))])


def _table(reports: Iterable[ReportData]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for report in reports:
        mark = Text("✓", style="green") if report["passed"] else Text("✗", style="bold red")
        table.add_row(mark, _end_of(report["file"]), f"{report['score']:.0%}", reason(report))
    return table


def _end_of(path: str) -> Text:
    """Return a path by its end, which tells files of one folder apart."""
    cut = path
    while cell_len(cut) > _LONGEST_NAME:
        cut = cut[1:]
    return Text(cut if cut == path else f"…{cut[1:]}")


def reason(report: ReportData) -> str:
    """Return the id of what a submission failed by; empty where it passed."""
    diagnosis = report["diagnosis"]
    if diagnosis:
        return str(diagnosis["misconception"] or diagnosis["check"])
    return "" if report["outcome"] == "judged" else str(report["outcome"])


def _count(reports: Sequence[ReportData], lang: Lang) -> str:
    passed = sum(report["passed"] for report in reports)
    return Bilingual(
        zh=f"{len(reports)} 份，通过 {passed} 份。",
        en=f"{len(reports)} graded, {passed} passed.",
    )[lang]
