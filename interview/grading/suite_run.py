"""Running a hidden suite under pytest, in the judge, and writing down what each check did."""

import contextlib
import io
import os
from collections.abc import Generator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Literal

import pytest

from interview.grading import bytecode
from interview.grading.job import Failure, Finding, Job, Raise, Status
from interview.grading.remote import Raised, RemoteSubmission, SandboxLost, printable
from interview.grading.suite import CheckFailed, Inputs


class SuiteBroken(Exception):
    """The suite itself cannot be run: its author is to blame, not the candidate."""


@dataclass(slots=True)
class SuiteRun:
    """What a run of the suite found, and the suite's module for its probes."""

    findings: tuple[Finding, ...]
    module: ModuleType
    lost: str | None


def run_suite(job: Job, submission: RemoteSubmission) -> SuiteRun:
    """Run the suite of `job`; return a finding for each of its checks, in their order.

    Raises:
        SuiteBroken: where the suite cannot be collected or has a test that is no check.
    """
    recorder = _Recorder(job, submission)
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(shown):
        code = pytest.main(_arguments(job.suite), plugins=[recorder])
    if recorder.module is None or code not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, 2}:
        raise SuiteBroken(recorder.trouble or shown.getvalue()[-2000:])
    if recorder.trouble:
        raise SuiteBroken(recorder.trouble)
    return SuiteRun(recorder.findings(), recorder.module, recorder.lost)


def load_pytest() -> None:
    """Have pytest load all that a run needs: forks of this process then start running at once."""
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(shown):
        pytest.main(_arguments(os.devnull))


def _arguments(suite: str) -> list[str]:
    folder = os.path.dirname(suite)  # noqa: PTH120 - a string is wanted
    return [
        suite,
        "--noconftest",
        "--import-mode=importlib",
        f"--rootdir={folder}",
        f"--confcutdir={folder}",  # else every folder above is listed on the way down
        "-c",
        os.devnull,
        "--assert=plain",  # rewriting takes longer than most suites, and `expect` says more
        "--capture=no",
        *(f"-pno:{name}" for name in _UNWANTED_PLUGINS),
    ]


_UNWANTED_PLUGINS = (
    "cacheprovider",
    "terminal",
    "faulthandler",
    "unraisableexception",
    "threadexception",
    "warnings",
    "logging",
    "junitxml",
    "doctest",
    "tmpdir",
    "pastebin",
    "stepwise",
    "debugging",
)


@dataclass(slots=True)
class _Recorder:
    """The pytest plug-in: gives tests their fixtures and writes down how each ended."""

    job: Job
    remote: RemoteSubmission
    failures: dict[str, Failure] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)
    module: ModuleType | None = None
    lost: str | None = None
    trouble: str | None = None

    @pytest.fixture
    def submission(self) -> RemoteSubmission:
        """Return the candidate's module."""
        return self.remote

    @pytest.fixture
    def inputs(self, request: pytest.FixtureRequest) -> Inputs:
        """Return this test's random inputs."""
        return Inputs(self.job.seed, request.node.name)

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> Generator[None, object, object]:
        """Load the suite from the bytecode that was kept."""
        with bytecode.kept_in_cache():
            return (yield)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Require that the suite's tests are exactly the checks of the question."""
        items = [item for item in session.items if isinstance(item, pytest.Function)]
        if items:
            self.module = items[0].module
        ids = {_check_id(item) for item in items}
        different = ids ^ set(self.job.requires)
        if different:
            self.trouble = f"tests and checks differ: {', '.join(sorted(different))}"
            session.shouldstop = self.trouble

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Remember why the suite cannot be read."""
        if report.failed:
            self.trouble = str(report.longrepr)[-2000:]

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Do not judge a check whose premises do not hold."""
        needed = self.job.requires[_check_id(item)]
        if any(one in self.failures or one not in self.passed for one in needed):
            pytest.skip("not reached")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Write down how a test ended, and stop where the sandbox is lost.

        This takes the place of pytest's own hook, which spends longer on the text of a traceback
        that nobody sees than the test itself took.
        """
        phase = call.when if call.when != "collect" else "setup"
        return pytest.TestReport(
            item.nodeid, item.location, {}, self._outcome(item, call), None, phase
        )

    def _outcome(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Literal["passed", "failed", "skipped"]:
        check = _check_id(item)
        if call.excinfo is None:
            if call.when == "call":
                self.passed.add(check)
            return "passed"
        if call.excinfo.errisinstance(pytest.skip.Exception):
            return "skipped"
        error = call.excinfo.value
        self.failures.setdefault(check, _failure(error))
        if isinstance(error, SandboxLost):
            self.lost = error.reason
            item.session.shouldstop = "the sandbox is lost"
        return "failed"

    def findings(self) -> tuple[Finding, ...]:
        """Return a finding for each check; one that no test decided was not reached."""
        return tuple(self._finding(check) for check in self.job.requires)

    def _finding(self, check: str) -> Finding:
        if check in self.failures:
            return Finding(check, Status.FAILED, self.failures[check])
        return Finding(check, Status.PASSED if check in self.passed else Status.NOT_REACHED)


def _check_id(item: pytest.Item) -> str:
    name = getattr(item, "originalname", None) or item.name
    return str(name).removeprefix("test_").replace("_", "-")


def _failure(error: BaseException) -> Failure:
    if isinstance(error, CheckFailed) and error.evidence:
        seen = error.evidence
        return Failure(
            str(error),
            seen.given,
            seen.expected or None,
            seen.actual or None,
            seen.what,
            itself=seen.itself,
        )
    if isinstance(error, Raised):
        raised = Raise(error.type_name, str(error), error.line)
        return Failure(f"{error.type_name}: {error}", raised=raised)
    return Failure(printable(str(error)).strip().partition("\n")[0][:500] or type(error).__name__)
