"""`interview bank`: check a bank, report what it holds, print the JSON Schema of its files."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from interview.cli.options import BankOption, JsonOption, LangOption
from interview.errors import ExitCode
from interview.language import interface_language, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.text import Text

    from interview.bank.check import Verdict
    from interview.bank.faults import Fault

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_MARGIN = 2  # cells kept free at the right end of an excerpt


@app.callback(invoke_without_command=True)
def _alone(context: typer.Context) -> None:
    """Show the help where no command is named."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command(
    help=say(
        zh="检查题库里的每个文件，一次报出全部错误。",
        en="Check every file of a bank and report all its faults at once.",
    )
)
def check(*, bank: BankOption = None, lang: LangOption = None, json: JsonOption = False) -> None:
    """Report every fault of a bank; exit with 1 where there is one."""
    from interview.bank.check import inspect_bank
    from interview.paths import bank_root

    del lang  # `app` has set the language of the messages by it
    root = bank_root(bank)
    verdict = inspect_bank(root)
    if json:
        _print_json(root, verdict)
    else:
        _print_faults(verdict)
    if verdict.faults:
        raise typer.Exit(ExitCode.FAILED)


@app.command(
    help=say(
        zh="打印题目文件的 JSON Schema，供编辑器补全和检查。",
        en="Print the JSON Schema of a question file, for editors to complete and check by.",
    )
)
def schema() -> None:
    """Print the JSON Schema of a question file."""
    from interview.bank.schema import schema_text

    typer.echo(schema_text(), nl=False)


@app.command(
    help=say(
        zh="打印题库的内容报告（Markdown）：各主题和题型的题数、出处、演示、有争议的题。",
        en="Print what a bank holds, as Markdown: counts, sources, demos, contested points.",
    )
)
def report(*, bank: BankOption = None) -> None:
    """Print the content report."""
    from interview.bank.load import load_bank
    from interview.exchange.content_report import content_report
    from interview.paths import bank_root

    typer.echo(content_report(load_bank(bank_root(bank))), nl=False)


def _print_json(root: Path, verdict: "Verdict") -> None:
    from interview.cli.output import emit_json

    emit_json(
        {
            "bank": str(root),
            "questions": verdict.questions,
            "faults": [_fault_data(fault) for fault in verdict.faults],
        }
    )


def _fault_data(fault: "Fault") -> "Mapping[str, object]":
    hint = fault.hint and {"zh": fault.hint.zh, "en": fault.hint.en}
    return {
        "path": _shown(fault.path),
        "line": fault.line,
        "column": fault.column,
        "rule": fault.rule,
        "message": {"zh": fault.message.zh, "en": fault.message.en},
        "hint": hint,
    }


def _print_faults(verdict: "Verdict") -> None:
    from interview.cli.output import console

    screen = console()
    lines: dict[Path, list[str]] = {}
    for fault in verdict.faults:
        if fault.path not in lines:
            lines[fault.path] = _lines_of(fault.path)
        screen.print(_fault_text(fault, lines[fault.path], screen.width))
    screen.print(_summary(verdict, files=len(lines)))


def _summary(verdict: "Verdict", files: int) -> str:
    questions, faults = verdict.questions, len(verdict.faults)
    if not faults:
        return say(
            zh=f"检查了 {questions} 道题，没有错误。",
            en=f"{questions} question{_s(questions)} checked, no faults.",
        )
    return say(
        zh=f"检查了 {questions} 道题，{files} 个文件里有 {faults} 处错误。",
        en=f"{questions} question{_s(questions)} checked, "
        f"{faults} fault{_s(faults)} in {files} file{_s(files)}.",
    )


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _fault_text(fault: "Fault", lines: list[str], width: int) -> "Text":
    """Return the place and what is wrong, the line it stands in with a caret, and the hint."""
    from rich.text import Text

    lang = interface_language()
    text = Text()
    text.append(f"{_shown(fault.path)}:{fault.line}:{fault.column}: ", "bold")
    text.append(fault.message[lang])
    text.append(f" [{fault.rule}]", "dim")
    line = lines[fault.line - 1] if fault.line <= len(lines) else ""
    if line.strip() and (fault.line, fault.column) != (1, 1):
        text.append(_excerpt(line, fault, width))
    if fault.hint:
        text.append(say(zh="\n  提示：", en="\n  hint: "), "cyan")
        text.append(fault.hint[lang])
    return text


def _excerpt(line: str, fault: "Fault", width: int) -> "Text":
    """Return the source line, cut to the width around the fault, and a caret below it."""
    from rich.cells import cell_len
    from rich.text import Text

    number = f"{fault.line:>5} | "
    before, after = _cut(line, fault.column - 1, width - len(number) - _MARGIN)
    text = Text(f"\n{number}{before}{after}\n", "dim")
    text.append(" " * (len(number) - 2) + "| ", "dim")
    return text.append(" " * cell_len(before) + "^", "bold red")


def _cut(line: str, column: int, cells: int) -> tuple[str, str]:
    """Return what precedes `column` and what follows, cut so that both fit into `cells`."""
    from rich.cells import cell_len, set_cell_size

    before, after = line[:column], line[column:]
    if cell_len(line) <= cells:
        return before, after
    lead = cells // 2 if cell_len(after) > cells // 2 else cells - cell_len(after)
    if cell_len(before) > lead:
        while before and cell_len(before) > lead - 1:
            before = before[1:]
        before = f"…{before}"
    room = cells - cell_len(before)
    if cell_len(after) > room:
        after = f"{set_cell_size(after, room - 1).rstrip()}…"
    return before, after


def _lines_of(path: Path) -> list[str]:
    """Return the lines of a file as they can be printed, none where it cannot be read."""
    from interview.bank.source import BIGGEST

    try:
        if not path.is_file() or path.stat().st_size > BIGGEST:
            return []
        text = path.read_bytes().decode("utf-8-sig", errors="replace")
    except OSError:
        return []
    lines = text.replace("\r\n", "\n").split("\n")
    return ["".join(one if one.isprintable() else " " for one in line) for line in lines]


def _shown(path: Path) -> str:
    """Return a path as short as it can be said from here."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
