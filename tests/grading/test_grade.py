"""Grading through its front door: what each kind of submission is told."""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from interview.bank.model import Bank
from interview.grading.client import Grader, grade
from interview.grading.job import Outcome, Status, Verdict, job_for
from interview.grading.submission import read_submission
from tests.grading.conftest import SOLUTION, UNBIASED, GradeText


def statuses(report: object) -> dict[str, str]:
    return {check.id: check.status.value for check in report.checks}


def test_a_right_submission_passes_every_check(grade_text: GradeText) -> None:
    """The model solution passes, scores 1, and is diagnosed with nothing."""
    report = grade_text(SOLUTION)
    assert report.passed
    assert report.score == 1.0
    assert report.diagnosis is None
    assert set(statuses(report).values()) == {"passed"}


def test_a_known_mistake_is_named(grade_text: GradeText) -> None:
    """Code that computes what a wrong implementation computes gets that misconception's hint."""
    report = grade_text(UNBIASED.replace("variance", "v"))
    assert not report.passed
    assert report.diagnosis.check == "values"
    assert report.diagnosis.misconception == "unbiased-variance"
    assert report.diagnosis.hint.en == "unbiased (English)"
    assert report.diagnosis.failure.given.startswith("[")
    assert len(report.diagnosis.failure.expected.split(",")) == 2


def test_an_unknown_mistake_gets_the_hint_of_the_first_failed_check(grade_text: GradeText) -> None:
    """What no wrong implementation computes is told by the check that fails first."""
    report = grade_text(SOLUTION.replace("self.eps)", "self.eps) * 1.5"))
    assert report.diagnosis.misconception is None
    assert report.diagnosis.hint.en == "hint values (English)"


def test_a_robust_check_costs_score_but_not_the_pass(grade_text: GradeText) -> None:
    """Failing a robust check alone still passes, with a lower score and its hint."""
    report = grade_text(SOLUTION.replace(".to(x.dtype)", ""))
    assert report.passed
    assert report.score == pytest.approx(5 / 6)
    assert report.diagnosis.check == "half"


def test_an_exception_is_told_with_its_line(grade_text: GradeText) -> None:
    """A forward that raises is told by type, text and the line of the candidate's file."""
    report = grade_text(SOLUTION.replace("wide = x.float()", "wide = x.flaot()"))
    raised = report.diagnosis.failure.raised
    assert raised.type == "AttributeError"
    assert "flaot" in raised.message


def test_what_cannot_be_judged_is_not_reached(grade_text: GradeText) -> None:
    """Checks whose premise failed are not called failed."""
    report = grade_text(SOLUTION.replace("def forward(self, x):", "def forward(self, x, y):"))
    assert statuses(report)["constructs"] == "failed"
    assert statuses(report)["values"] == statuses(report)["gradients"] == "not_reached"


@pytest.mark.parametrize(
    ("source", "outcome"),
    [
        ("class Norm(:\n", Outcome.SYNTAX_ERROR),
        ("class Other: pass\n", Outcome.MISSING_ENTRY),
        ("import no_such_module\nclass Norm: pass\n", Outcome.IMPORT_ERROR),
        (SOLUTION.replace("eps=1e-5", "eps"), Outcome.WRONG_SIGNATURE),
        (SOLUTION.replace("num_features, eps=1e-5", "*, num_features"), Outcome.WRONG_SIGNATURE),
    ],
)
def test_what_cannot_be_run_is_told_as_such(
    grade_text: GradeText, source: str, outcome: Outcome
) -> None:
    """Each way of not being runnable has an outcome of its own, and no check is reached."""
    report = grade_text(source)
    assert report.outcome is outcome
    assert not report.passed
    suite_checks = {check.id: check.status for check in report.checks[2:]}
    assert set(suite_checks.values()) == {Status.NOT_REACHED}


def test_an_endless_loop_ends(grade_text: GradeText) -> None:
    """A forward that never returns is stopped, told as a time-out, and forges nothing."""
    report = grade_text(SOLUTION.replace("wide = ", "while True: pass\n        wide = "))
    assert report.outcome is Outcome.TIMED_OUT
    assert not report.passed
    assert statuses(report)["values"] == "not_reached"


@pytest.mark.parametrize("where", ["import os; os._exit(0)\n", ""])
def test_leaving_with_status_0_is_no_pass(grade_text: GradeText, where: str) -> None:
    """`os._exit(0)`, at import or in forward, ends the submission and not the grader."""
    inside = "import os; os._exit(0)\n        wide = "
    report = grade_text(where + SOLUTION.replace("wide = ", inside))
    assert report.outcome is Outcome.ENDED
    assert report.ending == "exit:0"
    assert not report.passed


def test_a_crash_is_told_by_its_signal(grade_text: GradeText) -> None:
    """A segmentation fault ends the submission with the signal's name."""
    report = grade_text("import ctypes; ctypes.string_at(0)\n" + SOLUTION)
    assert (report.outcome, report.ending) == (Outcome.ENDED, "signal:SIGSEGV")


def test_memory_is_limited(grade_text: GradeText) -> None:
    """A submission that asks for 8 GiB gets an error, not the machine."""
    report = grade_text(SOLUTION.replace("wide = ", "bytearray(8 << 30)\n        wide = "))
    assert report.diagnosis.failure.raised.type == "MemoryError"


def test_a_flood_of_output_is_kept_short_and_plain(grade_text: GradeText) -> None:
    """Printing without end neither blocks nor fills, and no escape sequence survives."""
    report = grade_text("print('\\x1b[31mred' + 'x' * 1_000_000)\n" + SOLUTION)
    assert report.passed
    assert report.output.startswith("[31mred")
    assert len(report.output) <= 16 << 10


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder that a grader started now makes its temporary folders in, and nobody else."""
    with tempfile.TemporaryDirectory(prefix="shelf-") as folder:
        Path(folder).chmod(0o755)  # under root, sandboxes are other users
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


def test_nothing_is_left_behind(toy_bank: Bank, shelf: Path, tmp_path: Path) -> None:
    """Processes that a submission starts, and files that it writes, are gone afterwards."""
    path = tmp_path / "norm.py"
    path.write_text(
        "import subprocess, os\n"
        "try:\n"
        "    subprocess.Popen(['sleep', '987654'], start_new_session=True)\n"
        "except OSError:\n"
        "    pass\n"
        "open('left.txt', 'w').write(os.getcwd())\n"
        "print(os.getcwd())\n" + SOLUTION,
        encoding="utf-8",
    )
    with Grader() as grader:
        report = grade(toy_bank["toy/norm"], read_submission(path), bank=toy_bank, grader=grader)
        assert report.passed
        assert report.output.startswith(str(shelf)), "the folder is not where this test looks"
        assert not any(b"987654" in line for line in command_lines())
        assert list(shelf.iterdir()) == []


def test_a_grader_that_is_ready_serves_the_next_job_and_clears_up(
    toy_bank: Bank, shelf: Path, tmp_path: Path
) -> None:
    """Judge and sandbox may wait for a job: asked for twice, used, or never needed."""
    path = tmp_path / "norm.py"
    path.write_text(SOLUTION, encoding="utf-8")

    def passes(grader: Grader) -> bool:
        question, submission = toy_bank["toy/norm"], read_submission(path)
        return grade(question, submission, bank=toy_bank, grader=grader).passed

    def waiting() -> list[Path]:
        return list(shelf.glob("interview-*"))

    with Grader() as grader:
        grader.get_ready()
        assert passes(grader)
        grader.get_ready()
        grader.get_ready()
        deadline = time.monotonic() + 20
        while not waiting() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(waiting()) == 1, "no sandbox is waiting"
        assert passes(grader)
        grader.get_ready()
        while not waiting() and time.monotonic() < deadline:
            time.sleep(0.02)
    assert waiting() == []


def command_lines() -> Iterator[bytes]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            yield path.read_bytes()


def test_a_forbidden_call_is_told_as_a_rule(grade_text: GradeText) -> None:
    """Calling the library's own implementation breaks a rule, named with its line."""
    source = SOLUTION.replace(
        "wide = x.float()",
        "return nn.functional.layer_norm(x, x.shape[-1:])\n        wide = x.float()",
    )
    report = grade_text(source)
    assert not report.passed
    assert report.diagnosis.check == "allowed-calls"
    assert "torch.nn.functional.layer_norm" in report.diagnosis.hint.en
    assert report.diagnosis.failure.raised.line == 12


def test_one_submission_does_not_change_the_verdict_on_the_next(grade_text: GradeText) -> None:
    """A file that patches torch in its own process leaves later files' grades alone."""
    patch = "torch.allclose = torch.isclose = lambda *a, **k: True\n"
    assert not grade_text(UNBIASED.replace("class Norm", patch + "\nclass Norm")).passed
    assert not grade_text(UNBIASED).passed
    assert grade_text(SOLUTION).passed


def test_inputs_are_fresh_unless_a_seed_is_given(grade_text: GradeText) -> None:
    """Two runs see different inputs; two runs with one seed see the same."""
    free = [grade_text(UNBIASED).diagnosis.failure.given for _ in range(2)]
    fixed = [grade_text(UNBIASED, seed=7).diagnosis.failure.given for _ in range(2)]
    assert free[0] != free[1]
    assert fixed[0] == fixed[1]


def test_a_report_is_versioned_data(grade_text: GradeText) -> None:
    """The JSON form holds what the README promises, and hints of failed checks only."""
    data = grade_text(UNBIASED).to_data()
    assert data["version"] == 1
    assert {"passed", "score", "diagnosis", "checks", "outcome"} <= set(data)
    for check in data["checks"]:
        assert {"id", "tier", "status", "claim", "hint"} <= set(check)
        assert (check["hint"] is not None) == (check["status"] == "failed")


def test_a_spawned_sandbox_judges_as_a_forked_one(toy_bank: Bank, tmp_path: Path) -> None:
    """Where forking is not safe the sandbox is a process from nothing, with the same verdict."""
    question = toy_bank["toy/norm"]
    solution = toy_bank.solution(question)
    job = job_for(question, source=UNBIASED, filename="norm.py", solution=solution, seed=3)
    code = (
        "import sys; from pathlib import Path; from interview.grading.job import Job; "
        "from interview.grading.judge import judge; job = Job.from_json(sys.argv[1]); "
        "from interview.grading.process import start_sandbox; "
        "sandbox = start_sandbox(scratch=Path(sys.argv[2]), fork=False); "
        "print(judge(job, sandbox).to_json())"
    )
    command = [sys.executable, "-W", "ignore", "-c", code, job.to_json(), tmp_path]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    verdict = Verdict.from_json(done.stdout)
    assert verdict.misconceptions == ("unbiased-variance",)


def test_a_client_that_leaves_ends_the_grader(toy_bank: Bank) -> None:
    """Closing a grader ends its process."""
    with Grader() as running:
        pid = running._process.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_hidden_forbidden_call_is_stopped_at_the_operator(grade_text: GradeText) -> None:
    """A call that no reading of the text can see still fails the rule."""
    hidden = "return nn.TransformerEncoderLayer(x.shape[-1], 1, 4).norm1(x.float())"
    report = grade_text(SOLUTION.replace("wide = x.float()", f"{hidden}\n        wide = x.float()"))
    assert report.diagnosis.check == "allowed-calls"
    assert report.diagnosis.failure.message == "native_layer_norm"


def test_every_protection_holds_where_the_kernel_has_them(grade_text: GradeText) -> None:
    """On Linux with Landlock and seccomp each layer is on, by its own trial."""
    from interview.grading import landlock
    from interview.grading.confinement import PROTECTIONS

    if landlock.version() < 6:
        pytest.skip("this kernel has no Landlock with scopes")
    assert grade_text(SOLUTION).protections == PROTECTIONS


def test_a_folder_that_grows_too_large_ends_the_submission(grade_text: GradeText) -> None:
    """Many files, each within the limit of one file, are stopped by their sum."""
    fill = "for n in range(100):\n    open(f'{n}', 'wb').write(bytes(900 << 10))\n"
    report = grade_text(fill + SOLUTION)
    assert (report.outcome, report.ending) == (Outcome.ENDED, "scratch-full")
