"""`interview check FILE`: grade a coding answer and name what is wrong with it."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interview.cli.options import BankOption, JsonOption, LangOption
from interview.errors import ExitCode, UsageError
from interview.language import Bilingual, Lang, interface_language, say

if TYPE_CHECKING:
    from interview.bank.model import Bank, Question
    from interview.grading.client import Grader
    from interview.grading.report import Report
    from interview.grading.submission import Submission

HELP = Bilingual(
    zh="给一份代码答案评分，指出误解。退出码：0 通过，1 没通过，2 没法运行，3 评分程序出错。",
    en="Grade a coding answer and name its mistake. "
    "Exit 0: passed; 1: not passed; 2: nothing to run; 3: the grader failed.",
)
_POLL_SECONDS = 0.05
_CLEAR = "\x1b[2J\x1b[H"

FileArgument = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", help=say(zh="你的代码文件。", en="Your file."), show_default=False
    ),
]
ExerciseOption = Annotated[
    str | None,
    typer.Option(
        "--exercise",
        "-e",
        metavar="ID",
        help=say(
            zh="是哪道题；默认按文件里定义的名字找。",
            en="Which exercise; found from the names in the file by default.",
        ),
    ),
]
WatchOption = Annotated[
    bool,
    typer.Option(
        "--watch",
        "-w",
        help=say(zh="每次保存都重新判，Ctrl-C 结束。", en="Grade on every save, until Ctrl-C."),
    ),
]
SolutionOption = Annotated[
    bool,
    typer.Option(
        "--solution",
        help=say(
            zh="通过后，并排看参考实现。", en="Once passed, show the model solution beside yours."
        ),
    ),
]


def command(
    file: FileArgument,
    exercise: ExerciseOption = None,
    *,
    watch: WatchOption = False,
    solution: SolutionOption = False,
    lang: LangOption = None,
    bank: BankOption = None,
    json: JsonOption = False,
) -> None:
    """Grade one file."""
    from interview.grading.grader import take_grader

    with take_grader() as grader:
        from interview.bank.load import load_bank
        from interview.paths import bank_root

        session = _Session(
            bank=load_bank(bank_root(bank)),
            grader=grader,
            exercise=exercise,
            lang=lang.languages()[0] if lang else interface_language(),
            json=json,
            solution=solution,
        )
        report = _watch(session, file) if watch else _check(session, file)
    raise typer.Exit(exit_code(report))


@dataclass(frozen=True, slots=True)
class _Session:
    """What stays the same from one grading to the next."""

    bank: "Bank"
    grader: "Grader"
    exercise: str | None
    lang: Lang
    json: bool
    solution: bool


def _check(session: _Session, file: Path) -> "Report":
    """Grade the file once and print its report."""
    from interview.grading.client import grade
    from interview.grading.submission import read_submission

    submission = read_submission(file)
    question = find_exercise(session.bank, submission, session.exercise)
    with _busy(quiet=session.json):
        report = grade(question, submission, bank=session.bank, grader=session.grader)
    if session.json:
        from interview.cli.output import emit_json

        emit_json(report.to_data())
    else:
        _show(report, question, submission, session)
    return report


def _watch(session: _Session, file: Path) -> "Report":
    """Grade the file now and after each change, until the user has enough."""
    from interview.cli.app import report_error

    report: Report | None = None
    try:
        while True:
            seen = _stamp(file)
            try:
                report = _check(session, file)
            except UsageError as error:
                report_error(error)
            session.grader.get_ready()
            if not session.json:
                typer.echo()
                typer.echo(
                    say(zh="等待保存…（Ctrl-C 结束）", en="Waiting for a save… (Ctrl-C ends)")
                )
            while _stamp(file) == seen:
                time.sleep(_POLL_SECONDS)
            if sys.stdout.isatty() and not session.json:
                typer.echo(_CLEAR, nl=False)
    except KeyboardInterrupt:
        if report is None:
            raise
        return report


def _stamp(file: Path) -> tuple[int, int] | None:
    """Return what changes when a file is saved; None while an editor has it away."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def exit_code(report: "Report") -> ExitCode:
    """Return what the shell is told: a file that could not be run at all is bad input."""
    from interview.grading.job import Outcome

    if report.passed:
        return ExitCode.PASSED
    unusable = {Outcome.SYNTAX_ERROR, Outcome.MISSING_ENTRY, Outcome.IMPORT_ERROR}
    return ExitCode.USAGE if report.outcome in unusable else ExitCode.FAILED


def find_exercise(bank: "Bank", submission: "Submission", named: str | None) -> "Question":
    """Return the exercise that was named, else the one whose entry the file defines.

    Raises:
        UsageError: where there is none, or more than one.
    """
    from interview.grading.client import exercises_for

    if named is not None:
        return find_exercise_by_name(bank, named)
    found = exercises_for(bank, submission)
    if len(found) == 1:
        return found[0]
    ids = "、".join(one.id for one in found), ", ".join(one.id for one in found)
    if found:
        raise UsageError(
            zh=f"这个文件对得上好几道题：{ids[0]}",
            en=f"the file answers several exercises: {ids[1]}",
            where=str(submission.path),
            hint=Bilingual(zh="用 --exercise 指明一道", en="name one with --exercise"),
        )
    raise UsageError(
        zh="这个文件没有定义任何一道编程题要的名字",
        en="the file defines no name that an exercise asks for",
        where=_place(submission),
        hint=_asked_names(bank, submission),
    )


def _asked_names(bank: "Bank", submission: "Submission") -> Bilingual:
    """Return what exercises ask for, what looks like the file's own names first."""
    from difflib import get_close_matches

    entries = {one.id: " + ".join(one.exercise.entries) for one in bank if one.exercise}
    near = [
        match
        for name in submission.names()
        for match in get_close_matches(name, entries.values(), n=1)
    ]
    shown = [f"{name} ({id_})" for id_, name in entries.items() if name in near]
    if shown:
        return Bilingual(zh=f"是不是 {'、'.join(shown)}？", en=f"did you mean {', '.join(shown)}?")
    return Bilingual(
        zh="`interview list --kind code` 列出编程题；用 --exercise 指明一道",
        en="`interview list --kind code` lists the exercises; name one with --exercise",
    )


def find_exercise_by_name(bank: "Bank", text: str) -> "Question":
    """Return the exercise that `text` names, looked for among the exercises first.

    Raises:
        UsageError: where it names none, or a question of another kind.
    """
    from interview.bank.find import find_question
    from interview.bank.model import Bank

    exercises = Bank(bank.root, {one.id: one for one in bank if one.exercise})
    try:
        return find_question(exercises, text)
    except UsageError as error:
        try:
            other = find_question(bank, text)
        except UsageError:
            raise error from None
        return _require_exercise(other)


def _require_exercise(question: "Question") -> "Question":
    if question.exercise is None:
        raise UsageError(
            zh=f"{question.id} 不是编程题，没有可判的代码",
            en=f"{question.id} is no exercise: there is no code to grade",
            hint=Bilingual(
                zh="`interview list --kind code` 列出编程题",
                en="`interview list --kind code` lists the exercises",
            ),
        )
    return question


def _place(submission: "Submission") -> str:
    fault = submission.fault
    return f"{submission.path}:{fault.line}:{fault.column}" if fault else str(submission.path)


@contextmanager
def _busy(*, quiet: bool) -> Iterator[None]:
    """Say on a terminal that the grader is at work; it may take more than a second."""
    from interview.cli.output import console

    out = console(stderr=True)
    if quiet or not out.is_terminal:
        yield
        return
    with out.status(say(zh="评分中…", en="Grading…")):
        yield


def _show(
    report: "Report", question: "Question", submission: "Submission", session: _Session
) -> None:
    from interview.cli.output import console
    from interview.render.report import report_view

    out = console()
    out.print(report_view(report, submission, session.lang))
    if report.passed:
        _show_what_follows(question, submission, session)
    elif session.solution:
        out.print()
        out.print(
            Bilingual(
                zh="通过之后才能看参考实现。",
                en="The model solution is shown once the file passes.",
            )[session.lang]
        )


def _show_what_follows(question: "Question", submission: "Submission", session: _Session) -> None:
    from interview.cli.output import console
    from interview.render.question import follow_ups
    from interview.render.solution import side_by_side

    out = console()
    out.print()
    out.print(follow_ups(question, (session.lang,), session.bank))
    out.print()
    if session.solution:
        model = session.bank.solution(question).read_text(encoding="utf-8")
        out.print(side_by_side(submission.source, model, session.lang))
        return
    out.print(
        Bilingual(
            zh="加上 --solution 可以对照参考实现。",
            en="Add --solution to see the model solution beside yours.",
        )[session.lang],
        style="dim",
    )
