"""Asking an exercise: the starter is written, the file graded as often as the candidate likes."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import RenderableType

from interview.bank.model import Question
from interview.cli.quizzing.asking import Outcome
from interview.cli.quizzing.conversation import Conversation
from interview.cli.start import starter_path, write_starter
from interview.closing import Closing
from interview.errors import InterviewError, UsageError
from interview.language import Bilingual, Lang
from interview.render.layout import stack
from interview.render.question import model_solution, question_answer, question_prompt
from interview.review.model import Rating

if TYPE_CHECKING:
    from interview.grading.client import Grader
    from interview.grading.report import Report


class Workshop(Closing):
    """The grader of one quiz, started with its first exercise: it loads torch meanwhile."""

    def __init__(self) -> None:
        self._grader: Grader | None = None

    def close(self) -> None:
        """End the grader, if there is one; the next check would start a fresh one."""
        if self._grader is not None:
            self._grader.close()
            self._grader = None

    def grader(self) -> "Grader":
        """Return the grader, started if it was not."""
        from interview.grading.client import Grader

        if self._grader is None:
            self._grader = Grader(warm=True)
        return self._grader


@dataclass(frozen=True, slots=True)
class _Attempt:
    """The file being worked on, and what its checks came to so far."""

    path: Path
    checks: int = 0
    passed: bool = False

    @property
    def suggested(self) -> Rating:
        if not self.passed:
            return Rating.AGAIN
        return Rating.GOOD if self.checks == 1 else Rating.HARD


def ask_exercise(talk: Conversation, question: Question, workshop: Workshop) -> Outcome:
    """Ask an exercise; return what the candidate's file came to when it passed or was given up.

    Raises:
        Departure: where the candidate leaves the question.
        EOFError: where input has ended.
    """
    talk.turn_to(lambda languages: question_prompt(question, languages))
    workshop.grader().get_ready()
    attempt = _Attempt(starter_path(question))
    _explain(talk, attempt.path)
    while not attempt.passed:
        line = talk.read(Bilingual(zh=f"文件 [{attempt.path}]> ", en=f"file [{attempt.path}]> "))
        if line is None:
            break
        path = Path(line.strip()).expanduser() if line.strip() else attempt.path
        attempt = _work_on(talk, question, workshop, _Attempt(path, attempt.checks))
    at = talk.now()
    talk.show("")
    talk.turn_to(lambda languages: _answer(talk, question, languages))
    return Outcome(str(attempt.path), at, attempt.passed, attempt.suggested)


def _explain(talk: Conversation, path: Path) -> None:
    if path.exists():
        talk.tell(
            zh=f"{path} 已经有了：写好后回车评测，或输入另一个文件名；:a 看答案。",
            en=f"{path} is there: Enter grades it, or name another file; :a shows the answer.",
        )
    else:
        talk.tell(
            zh=f"回车就把起始代码写到 {path}，或输入另一个文件名；:a 看答案。",
            en=f"Enter writes the starter to {path}, or name another file; :a shows the answer.",
        )


def _work_on(
    talk: Conversation, question: Question, workshop: Workshop, attempt: _Attempt
) -> _Attempt:
    """Write the starter where there is no file yet, else grade the file."""
    if attempt.path.suffix != ".py":
        talk.tell(zh="文件名要以 .py 结尾。", en="The file's name must end in .py.")
        return _Attempt(starter_path(question), attempt.checks)
    try:
        if not attempt.path.exists():
            return _begin(talk, question, attempt)
        report = _grade(talk, question, workshop, attempt.path)
    except InterviewError as error:
        if not isinstance(error, UsageError):
            workshop.close()
        talk.complain(error)
        return attempt
    except OSError as error:
        reason = error.strerror or str(error)
        talk.tell(zh=f"{attempt.path}：{reason}", en=f"{attempt.path}: {reason}")
        return _Attempt(starter_path(question), attempt.checks)
    if not report.passed:
        talk.tell(
            zh="改好后回车再评；:a 结束这道题，看答案。",
            en="Enter grades it again; :a ends the question with the answer.",
        )
    return _Attempt(attempt.path, attempt.checks + 1, report.passed)


def _begin(talk: Conversation, question: Question, attempt: _Attempt) -> _Attempt:
    path = write_starter(question, attempt.path)
    talk.tell(
        zh=f"已写好 {path}。在编辑器里完成它，回到这里回车评测。",
        en=f"Wrote {path}. Complete it in your editor, then press Enter here to grade it.",
    )
    return _Attempt(path, attempt.checks)


def _grade(talk: Conversation, question: Question, workshop: Workshop, path: Path) -> "Report":
    from interview.grading.client import grade
    from interview.grading.submission import read_submission
    from interview.render.report import report_view

    submission = read_submission(path)
    if talk.terminal.interactive:
        talk.tell(zh="评测中…", en="Grading…")
    report = grade(question, submission, bank=talk.bank, grader=workshop.grader())
    workshop.grader().get_ready()
    talk.show("", report_view(report, submission, talk.languages[0]), "")
    return report


def _answer(talk: Conversation, question: Question, languages: tuple[Lang, ...]) -> RenderableType:
    source = talk.bank.solution(question).read_text(encoding="utf-8")
    return stack([question_answer(question, languages), model_solution(source, languages)])
