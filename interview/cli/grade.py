"""`interview grade FILES…`: grade many people's files, none of whom is trusted."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from interview.cli.options import BankOption, JsonOption, LangOption
from interview.errors import ExitCode, UsageError
from interview.language import Bilingual, Lang, interface_language, say

if TYPE_CHECKING:
    from interview.bank.model import Bank
    from interview.grading.batch import Graded, Task
    from interview.grading.results import ResultStore

HELP = Bilingual(
    zh="给许多人的答案评分；中断后再运行会接着判。"
    "退出码：0 全部通过，1 有没通过的，2 有读不了的，3 评分程序出错。",
    en="Grade many people's answers; run again after an interruption to go on. "
    "Exit 0: all passed; 1: some did not; 2: some unreadable; 3: the grader failed.",
)
FilesArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILES...",
        help=say(
            zh="要判的文件；文件夹里的 .py 全部判。",
            en="Files to grade; of a folder, every .py in it.",
        ),
        show_default=False,
    ),
]
ExerciseOption = Annotated[
    str | None,
    typer.Option(
        "--exercise",
        "-e",
        metavar="ID",
        help=say(
            zh="都是哪道题；默认逐个文件找。", en="The exercise; found file by file otherwise."
        ),
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        metavar="FILE",
        help=say(
            zh="结果写到 .csv、.json 或 .jsonl 文件。", en="Write a .csv, .json or .jsonl file."
        ),
    ),
]
JUnitOption = Annotated[
    Path | None,
    typer.Option(
        "--junitxml", metavar="FILE", help=say(zh="写 JUnit XML。", en="Write JUnit XML.")
    ),
]
GradescopeOption = Annotated[
    Path | None,
    typer.Option(
        "--gradescope",
        metavar="FILE",
        help=say(
            zh="写 Gradescope 的 results.json（只判一份时）。",
            en="Write Gradescope's results.json (of one file).",
        ),
    ),
]
JobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        min=1,
        metavar="N",
        help=say(zh="同时判几份，默认等于核数。", en="How many at a time; all cores by default."),
    ),
]
StoreOption = Annotated[
    Path | None,
    typer.Option(
        "--store",
        metavar="FILE",
        help=say(
            zh="结果存在哪个文件，中断后据此续判。",
            en="Where results are kept, to go on after an interruption.",
        ),
    ),
]
FreshOption = Annotated[
    bool,
    typer.Option(
        "--fresh",
        help=say(zh="不用存下的结果，全部重判。", en="Grade all again, whatever is kept."),
    ),
]
UnsafeOption = Annotated[
    bool,
    typer.Option(
        "--unsafe",
        help=say(zh="这台机器没有沙箱也照判。", en="Grade even where this machine has no sandbox."),
    ),
]


@dataclass(slots=True)
class _Run:
    """What a run has come to so far, one small row a submission."""

    reports: dict[Path, dict[str, Any]] = field(default_factory=dict)
    troubles: dict[Path, str] = field(default_factory=dict)
    unreadable: dict[Path, UsageError] = field(default_factory=dict)


def command(
    files: FilesArgument,
    exercise: ExerciseOption = None,
    out: OutOption = None,
    junitxml: JUnitOption = None,
    gradescope: GradescopeOption = None,
    jobs: JobsOption = None,
    store: StoreOption = None,
    *,
    fresh: FreshOption = False,
    unsafe: UnsafeOption = False,
    lang: LangOption = None,
    bank: BankOption = None,
    json: JsonOption = False,
) -> None:
    """Grade files."""
    from interview.bank.load import load_bank
    from interview.grading.results import ResultStore
    from interview.paths import bank_root, data_folder

    paths = _expand(files)
    _require_formats(out, gradescope, paths)
    _require_sandbox(unsafe=unsafe)
    questions = load_bank(bank_root(bank))
    run = _Run()
    with ResultStore(store or data_folder() / "results.sqlite3") as results:
        tasks = _tasks(paths, questions, exercise, run)
        _grade(tasks, questions, results, run, jobs=jobs, fresh=fresh, quiet=json)
    language = lang.languages()[0] if lang else interface_language()
    ordered = [run.reports[path] for path in paths if path in run.reports]
    _write(ordered, language, out=out, junitxml=junitxml, gradescope=gradescope)
    _show(ordered, run, language, json=json)
    raise typer.Exit(_exit_code(run))


def _expand(files: Iterable[Path]) -> list[Path]:
    """Return the files named, and every .py of the folders named, each once."""
    found: dict[Path, None] = {}
    for path in files:
        for one in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            found.setdefault(one)
    if not found:
        raise UsageError(zh="这些文件夹里没有 .py 文件", en="there is no .py file in these folders")
    return list(found)


def _require_formats(out: Path | None, gradescope: Path | None, paths: list[Path]) -> None:
    if out is not None and out.suffix not in {".csv", ".json", ".jsonl"}:
        raise UsageError(
            zh="--out 的文件名要以 .csv、.json 或 .jsonl 结尾",
            en="--out must end in .csv, .json or .jsonl",
            where=str(out),
        )
    if gradescope is not None and len(paths) != 1:
        raise UsageError(
            zh=f"Gradescope 的 results.json 只装一份答案，这里有 {len(paths)} 份",
            en=f"Gradescope's results.json holds one submission; these are {len(paths)}",
            where="--gradescope",
        )


def _require_sandbox(*, unsafe: bool) -> None:
    from interview.grading.confinement import ESSENTIAL, find_protections

    missing = sorted(ESSENTIAL - set(find_protections()))
    if missing and not unsafe:
        raise UsageError(
            zh=f"这台机器的沙箱不完整（缺 {'、'.join(missing)}），不能判不可信的代码",
            en=f"the sandbox is incomplete here (no {', '.join(missing)}): "
            "untrusted code is not graded",
            hint=Bilingual(
                zh="`interview doctor` 说明缺什么；信得过这些代码时可用 --unsafe",
                en="`interview doctor` says what is missing; --unsafe grades code that you trust",
            ),
        )


def _tasks(
    paths: Iterable[Path], bank: "Bank", exercise: str | None, run: _Run
) -> Iterator["Task"]:
    """Yield a task for each file that can be read; note the others."""
    from interview.cli.check import find_exercise
    from interview.grading.batch import Task
    from interview.grading.submission import read_submission

    for path in paths:
        try:
            submission = read_submission(path)
            yield Task(submission, find_exercise(bank, submission, exercise))
        except UsageError as error:
            run.unreadable[path] = error


def _grade(
    tasks: Iterable["Task"],
    bank: "Bank",
    results: "ResultStore",
    run: _Run,
    *,
    jobs: int | None,
    fresh: bool,
    quiet: bool,
) -> None:
    from interview.grading.batch import grade_all
    from interview.grading.results import key_of

    new: list[Task] = []
    for task in tasks:
        key = key_of(task.submission.source, task.question, bank)
        found = None if fresh else results.find(key)
        if found is None:
            new.append(task)
        else:
            run.reports[task.submission.path] = {**found, "file": str(task.submission.path)}
    with _progress(len(new), quiet=quiet) as advance:
        for graded in grade_all(new, bank=bank, workers=jobs) if new else ():
            _take(graded, bank, results, run)
            advance()


def _take(graded: "Graded", bank: "Bank", results: "ResultStore", run: _Run) -> None:
    """Commit one result before anything else happens to it."""
    from interview.grading.results import key_of

    task, path = graded.task, graded.task.submission.path
    if graded.report is None:
        trouble = graded.trouble.message if graded.trouble else Bilingual(zh="未知", en="unknown")
        run.troubles[path] = trouble[interface_language()]
        return
    data = graded.report.to_data()
    results.add(key_of(task.submission.source, task.question, bank), data)
    run.reports[path] = data


@contextmanager
def _progress(count: int, *, quiet: bool) -> Iterator[Any]:
    """Show a bar on a terminal while there is something to wait for."""
    from interview.cli.output import console

    out = console(stderr=True)
    if quiet or not out.is_terminal or not count:
        yield lambda: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=out, transient=True) as bar:
        task = bar.add_task("", total=count)
        yield lambda: bar.advance(task)


def _write(
    reports: list[dict[str, Any]],
    lang: Lang,
    *,
    out: Path | None,
    junitxml: Path | None,
    gradescope: Path | None,
) -> None:
    from interview.exchange import reports as formats

    if out is not None:
        writers = {
            ".csv": formats.as_csv,
            ".json": formats.as_json,
            ".jsonl": formats.as_jsonl,
        }
        out.write_text(writers[out.suffix](reports), encoding="utf-8")
    if junitxml is not None:
        junitxml.write_text(formats.as_junit(reports, lang), encoding="utf-8")
    if gradescope is not None and reports:
        gradescope.write_text(formats.as_gradescope(reports[0], lang), encoding="utf-8")


def _show(reports: list[dict[str, Any]], run: _Run, lang: Lang, *, json: bool) -> None:
    from interview.cli.app import report_error
    from interview.cli.output import console, emit_json

    if json:
        emit_json({"reports": reports})
    else:
        from interview.render.grades import grades_view

        console().print(grades_view(reports, lang))
    for path, error in run.unreadable.items():
        error.where = error.where or str(path)
        report_error(error)
    for path, trouble in run.troubles.items():
        typer.echo(f"{path}: {trouble}", err=True)


def _exit_code(run: _Run) -> ExitCode:
    if run.troubles:
        return ExitCode.GRADER
    if run.unreadable:
        return ExitCode.USAGE
    passed = all(report["passed"] for report in run.reports.values())
    return ExitCode.PASSED if passed else ExitCode.FAILED
