"""Every exercise's suite is judged by its controls: the wrong are diagnosed, the right pass."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from interview.bank.load import load_bank
from interview.bank.model import Question, Tier
from interview.grading.client import Grader, grade
from interview.grading.job import Outcome, Status
from interview.grading.report import ALLOWED_CALLS, SIGNATURE, Report
from interview.grading.submission import read_submission
from interview.paths import default_bank
from tests.conftest import Apart
from tests.seeds import failures, first_failures

BANK = load_bank(default_bank(), cache=False)
EXERCISES = [question for question in BANK if question.exercise]


def files(question: Question, kind: str) -> list[Path]:
    return sorted((question.folder / kind).glob("*.py"))


def controls(kind: str) -> list[object]:
    return [
        pytest.param(question, path, id=f"{question.id}/{kind}/{path.stem}")
        for question in EXERCISES
        for path in files(question, kind)
    ]


def named_check(path: Path) -> str:
    return path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# check: ")


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    """Return a grader process that stays warm for all controls."""
    with Grader() as running:
        yield running


def graded(question: Question, path: Path, grader: Grader) -> Report:
    return grade(question, read_submission(path), bank=BANK, grader=grader)


def not_passed(report: Report, *, advisory: bool = True) -> dict[str, str | None]:
    return {
        check.id: check.failure and check.failure.message
        for check in report.checks
        if check.status is not Status.PASSED and (advisory or check.tier is not Tier.ADVISORY)
    }


@pytest.mark.parametrize(("question", "path"), controls("right"))
def test_a_right_control_passes(question: Question, path: Path, grader: Grader) -> None:
    """A correct implementation passes all but advisory checks."""
    report = graded(question, path, grader)
    assert not_passed(report, advisory=False) == {}
    assert report.passed


@pytest.mark.parametrize("question", EXERCISES, ids=lambda question: question.id)
def test_right_controls_pass_on_50_seeds(question: Question, apart: Apart) -> None:
    """A correct implementation passes all but advisory checks, whatever the inputs drawn.

    The suite's own functions are called, on the implementation itself: values cross between judge
    and sandbox bit by bit, and the test above grades the same files through both.
    """
    assert apart(failures, question, files(question, "right"), 50) == {}


@pytest.mark.parametrize(("question", "path"), controls("wrong"))
def test_a_wrong_control_is_diagnosed(question: Question, path: Path, grader: Grader) -> None:
    """A wrong implementation fails the check that it names first, and gets its own hint."""
    named = named_check(path)
    report = graded(question, path, grader)
    assert report.diagnosis is not None, "nothing found wrong"
    assert (report.outcome, report.diagnosis.check) == (Outcome.JUDGED, named), not_passed(report)
    if named != ALLOWED_CALLS:
        assert report.diagnosis.misconception == path.stem.replace("_", "-")


@pytest.mark.parametrize("question", EXERCISES, ids=lambda question: question.id)
def test_wrong_controls_fail_where_they_say_on_5_seeds(question: Question, apart: Apart) -> None:
    """The check that a wrong implementation names is the first to fail, whatever was drawn."""
    named = {path: named_check(path) for path in files(question, "wrong")}
    by_suite = [path for path, name in named.items() if name not in {SIGNATURE, ALLOWED_CALLS}]
    found = apart(first_failures, question, by_suite, 5)
    assert found == {path.stem: {named[path]} for path in by_suite}


@pytest.mark.parametrize("question", EXERCISES, ids=lambda question: question.id)
def test_the_model_solution_passes_everything(question: Question, grader: Grader) -> None:
    """The model solution passes every check of its own exercise."""
    report = graded(question, BANK.solution(question), grader)
    assert not_passed(report) == {}


@pytest.mark.parametrize("question", EXERCISES, ids=lambda question: question.id)
def test_the_starter_is_no_answer(question: Question, grader: Grader) -> None:
    """The starter file runs, has the contract's signature, and does not pass."""
    report = graded(question, question.folder / "starter.py", grader)
    assert not report.passed
    assert report.checks[0].status is Status.PASSED
