"""`interview grade FILES…`: grade many people's files, none of whom is trusted."""

from collections.abc import Callable, Iterable, Iterator, Mapping
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
QueueOption = Annotated[
    str | None,
    typer.Option(
        "--queue",
        metavar="URL",
        help=say(
            zh="交给别的机器判：队列所在的 PostgreSQL 地址。",
            en="Have other machines grade: the PostgreSQL database of the queue.",
        ),
    ),
]
NoWaitOption = Annotated[
    bool,
    typer.Option(
        "--no-wait",
        help=say(
            zh="放进队列就结束；以后用同样的命令取结果。",
            en="Queue and leave; the same command gets the results later.",
        ),
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
class Run:
    """What a run has come to so far, one small row a submission."""

    reports: dict[Path, dict[str, Any]] = field(default_factory=dict)
    troubles: dict[Path, str] = field(default_factory=dict)
    unreadable: dict[Path, UsageError] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bar:
    """A progress bar: `note` says something above it."""

    advance: Callable[[], None]
    note: Callable[[str], None]


def command(
    files: FilesArgument,
    exercise: ExerciseOption = None,
    out: OutOption = None,
    junitxml: JUnitOption = None,
    gradescope: GradescopeOption = None,
    jobs: JobsOption = None,
    store: StoreOption = None,
    queue: QueueOption = None,
    *,
    no_wait: NoWaitOption = False,
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

    _require_sense(
        queue=queue,
        no_wait=no_wait,
        grading={"--jobs": jobs, "--store": store, "--unsafe": unsafe},
        writing={"--out": out, "--junitxml": junitxml, "--gradescope": gradescope, "--json": json},
    )
    paths = _expand(files)
    _require_formats(out, gradescope, paths)
    if queue is None:
        require_sandbox(unsafe=unsafe)
    questions = load_bank(bank_root(bank))
    run = Run()
    tasks = _tasks(paths, questions, exercise, run)
    if queue is not None:
        from interview.cli.grade_queue import grade_on_queue

        grade_on_queue(tasks, questions, run, queue, fresh=fresh, wait=not no_wait, quiet=json)
    else:
        with ResultStore(store or data_folder() / "results.sqlite3") as results:
            _grade(tasks, questions, results, run, jobs=jobs, fresh=fresh, quiet=json)
    if no_wait:
        _complain(run)
        raise typer.Exit(_exit_code(run))
    language = lang.languages()[0] if lang else interface_language()
    ordered = [run.reports[path] for path in paths if path in run.reports]
    _write(ordered, language, out=out, junitxml=junitxml, gradescope=gradescope)
    _show(ordered, run, language, json=json)
    raise typer.Exit(_exit_code(run))


def _require_sense(
    *,
    queue: str | None,
    no_wait: bool,
    grading: Mapping[str, object],
    writing: Mapping[str, object],
) -> None:
    """Refuse options that would have no effect together."""
    if queue is None:
        _refuse({"--no-wait": no_wait}, zh="要和 --queue 一起用", en="goes with --queue")
        return
    _refuse(
        grading,
        zh="不能和 --queue 一起用，这由 `interview worker` 那边决定",
        en="does not go with --queue: it is for `interview worker` to say",
    )
    if no_wait:
        _refuse(
            writing,
            zh="不能和 --no-wait 一起用，那时还没有结果",
            en="does not go with --no-wait: there are no results yet",
        )


def _refuse(options: Mapping[str, object], *, zh: str, en: str) -> None:
    for name, value in options.items():
        if value is not None and value is not False:
            raise UsageError(zh=zh, en=en, where=name)


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


def require_sandbox(*, unsafe: bool) -> None:
    """Refuse to grade untrusted code where it could read the suite or do harm.

    Raises:
        UsageError: where a protection is missing and `unsafe` does not allow that.
    """
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


def _tasks(paths: Iterable[Path], bank: "Bank", exercise: str | None, run: Run) -> Iterator["Task"]:
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
    run: Run,
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
    with progress(len(new), quiet=quiet) as bar:
        for graded in grade_all(new, bank=bank, workers=jobs) if new else ():
            _take(graded, bank, results, run)
            bar.advance()


def _take(graded: "Graded", bank: "Bank", results: "ResultStore", run: Run) -> None:
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
def progress(count: int, *, quiet: bool) -> Iterator[Bar]:
    """Show a bar on a terminal while there is something to wait for."""
    from interview.cli.output import console

    out = console(stderr=True)
    if quiet or not out.is_terminal or not count:
        yield Bar(advance=lambda: None, note=lambda text: typer.echo(text, err=True))
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=out, transient=True) as bar:
        task = bar.add_task("", total=count)
        yield Bar(advance=lambda: bar.advance(task), note=out.print)


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


def _show(reports: list[dict[str, Any]], run: Run, lang: Lang, *, json: bool) -> None:
    from interview.cli.output import console, emit_json

    if json:
        emit_json({"reports": reports})
    else:
        from interview.render.grades import grades_view

        console().print(grades_view(reports, lang))
    _complain(run)


def _complain(run: Run) -> None:
    from interview.cli.app import report_error

    for path, error in run.unreadable.items():
        error.where = error.where or str(path)
        report_error(error)
    for path, trouble in run.troubles.items():
        typer.echo(f"{path}: {trouble}", err=True)


def _exit_code(run: Run) -> ExitCode:
    if run.troubles:
        return ExitCode.GRADER
    if run.unreadable:
        return ExitCode.USAGE
    passed = all(report["passed"] for report in run.reports.values())
    return ExitCode.PASSED if passed else ExitCode.FAILED
