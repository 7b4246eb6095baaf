"""Asking for a grade: reads the submission, has it judged, and puts the verdict into words."""

import secrets
from pathlib import Path

from interview.bank.model import Bank, Question
from interview.grading.calls import forbidden_calls
from interview.grading.grader import Grader
from interview.grading.job import Failure, Outcome, Raise, Verdict, job_for
from interview.grading.report import Report, report_of
from interview.grading.submission import Submission

__all__ = ["Grader", "exercises_for", "grade", "path_shown"]


def grade(
    question: Question,
    submission: Submission,
    *,
    bank: Bank,
    grader: Grader,
    seed: int | None = None,
) -> Report:
    """Grade a submission of an exercise.

    `seed` fixes the suite's inputs; by default they are drawn afresh, so that no answer can be
    learnt by heart.

    Raises:
        GraderError: where the grader itself failed.
        ValueError: where the question is no exercise.
    """
    exercise = question.exercise
    if exercise is None:
        raise ValueError(question.id)
    calls = forbidden_calls(submission.tree, exercise.forbids) if submission.tree else []
    verdict = _unrunnable(submission, exercise.entry) or grader.judge(
        job_for(
            question,
            source=submission.source,
            filename=str(submission.path),
            solution=bank.solution(question),
            seed=secrets.randbits(62) if seed is None else seed,
        )
    )
    return report_of(question, verdict, file=str(submission.path), calls=calls)


def _unrunnable(submission: Submission, entry: str) -> Verdict | None:
    """Return the verdict on a file that there is no point in running."""
    if submission.fault:
        fault = submission.fault
        raised = Raise("SyntaxError", fault.message, fault.line)
        failure = Failure(f"{fault.line}:{fault.column}: {fault.message}", raised=raised)
        return Verdict(Outcome.SYNTAX_ERROR, failure=failure)
    if entry not in submission.names():
        return Verdict(Outcome.MISSING_ENTRY, failure=Failure(entry))
    return None


def exercises_for(bank: Bank, submission: Submission) -> list[Question]:
    """Return the exercises whose entry the file defines, in the order of their ids."""
    defined = set(submission.names())
    return [one for one in bank if one.exercise is not None and one.exercise.entry in defined]


def path_shown(path: Path) -> str:
    """Return a path as the user would type it: relative where it lies below here."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
