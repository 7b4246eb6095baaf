"""Asking for a grade: reads the submission, has it judged, and puts the verdict into words."""

import secrets
from dataclasses import replace

from interview.bank.model import Bank, Question
from interview.grading.calls import ForbiddenCall, forbidden_calls
from interview.grading.grader import Grader
from interview.grading.job import Failure, Outcome, Raise, Verdict, job_for
from interview.grading.report import Report, report_of
from interview.grading.submission import Submission, SyntaxFault

__all__ = ["Grader", "exercises_for", "grade"]


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
    submission, calls = _read_calls(submission, exercise.forbids)
    verdict = _unrunnable(submission, exercise.entries) or grader.judge(
        job_for(
            question,
            source=submission.source,
            filename=str(submission.path),
            solution=bank.solution(question),
            seed=secrets.randbits(62) if seed is None else seed,
        )
    )
    return report_of(question, verdict, file=str(submission.path), calls=calls)


def _read_calls(
    submission: Submission, forbids: tuple[str, ...]
) -> tuple[Submission, list[ForbiddenCall]]:
    """Read the forbidden calls off the text; one that is too deep for it counts as unreadable."""
    if submission.tree is None:
        return submission, []
    try:
        return submission, forbidden_calls(submission.tree, forbids)
    except RecursionError:
        fault = SyntaxFault(1, 1, "nested too deeply to be read")
        return replace(submission, tree=None, fault=fault), []


def _unrunnable(submission: Submission, entries: tuple[str, ...]) -> Verdict | None:
    """Return the verdict on a file that there is no point in running."""
    if submission.fault:
        fault = submission.fault
        raised = Raise("SyntaxError", fault.message, fault.line)
        failure = Failure(f"{fault.line}:{fault.column}: {fault.message}", raised=raised)
        return Verdict(Outcome.SYNTAX_ERROR, failure=failure)
    missing = [entry for entry in entries if entry not in submission.names()]
    return Verdict(Outcome.MISSING_ENTRY, failure=Failure(missing[0])) if missing else None


def exercises_for(bank: Bank, submission: Submission) -> list[Question]:
    """Return the exercises whose entries the file defines, in the order of their ids.

    One that asks for everything that another asks for, and for more, is meant rather than it.
    """
    defined = set(submission.own_names())
    asked = {one.id: set(one.exercise.entries) for one in bank if one.exercise}
    fitting = {id_: entries for id_, entries in asked.items() if entries <= defined}
    return [
        bank[id_]
        for id_, entries in fitting.items()
        if not any(entries < others for others in fitting.values())
    ]
