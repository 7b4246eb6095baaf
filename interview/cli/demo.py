"""`interview demo ID`: run the code behind an answer's numbers, and draw its curve."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from interview.cli.options import BankOption, JsonOption, LangOption
from interview.cli.show import IdArgument
from interview.errors import UsageError
from interview.language import Bilingual, Lang, interface_language, say

if TYPE_CHECKING:
    from interview.bank.model import Question

RecordOption = Annotated[
    bool,
    typer.Option(
        "--record",
        help=say(
            zh="把打印的内容写进题目文件的 output（写题时用）。",
            en="Write what it prints into the question's file, as `output` (for authors).",
        ),
    ),
]


def command(
    question: IdArgument,
    *,
    record: RecordOption = False,
    lang: LangOption = None,
    bank: BankOption = None,
    json: JsonOption = False,
) -> None:
    """Run the demo of a question."""
    from interview.bank.demo import read_points, run_demo
    from interview.bank.find import find_question
    from interview.bank.load import load_bank
    from interview.cli.output import emit_json
    from interview.paths import bank_root
    from interview.render.data import chart_data

    found = find_question(load_bank(bank_root(bank)), question)
    if found.demo is None:
        raise _no_demo(found)
    with _running(quiet=json):
        printed = run_demo(found.demo, found.id)
        chart = found.chart
        points = read_points(run_demo(chart.code, found.id), found.id) if chart else []
    if record:
        _record(found, printed)
    if json:
        emit_json(
            {
                "id": found.id,
                "code": found.demo,
                "output": printed,
                "recorded": found.output,
                "chart": chart and {**chart_data(chart), "points": [list(one) for one in points]},
            }
        )
        return
    language = lang.languages()[0] if lang else interface_language()
    _show(found, printed, points, language)


@contextmanager
def _running(*, quiet: bool) -> Iterator[None]:
    """Say on a terminal that something is under way: torch alone takes more than a second."""
    from interview.cli.output import console

    screen = console(stderr=True)
    if quiet or not screen.is_terminal:
        yield
        return
    with screen.status(say(zh="运行中…", en="Running…")):
        yield


def _show(question: "Question", printed: str, points: list[tuple[float, ...]], lang: Lang) -> None:
    from interview.cli.output import paged
    from interview.render.demo import demo_view
    from interview.render.question import question_header

    paged([question_header(question, (lang,)), "", demo_view(question, printed, points, lang)])


def _record(question: "Question", printed: str) -> None:
    from interview.bank.record import with_output

    text = question.path.read_text(encoding="utf-8")
    question.path.write_text(with_output(text, printed), encoding="utf-8")
    typer.echo(say(zh=f"已写入 {question.path}", en=f"Written into {question.path}"), err=True)


def _no_demo(question: "Question") -> UsageError:
    return UsageError(
        zh=f"{question.id} 没有 demo",
        en=f"{question.id} has no demo",
        hint=Bilingual(
            zh=f"`interview show {question.id} --answer` 显示答案",
            en=f"`interview show {question.id} --answer` shows the answer",
        ),
    )
