"""Asking for a grade: starts the grader process, and never imports torch itself."""

import json
import os
import secrets
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from interview.bank.model import Bank, Question
from interview.errors import GraderError
from interview.grading.calls import forbidden_calls
from interview.grading.job import Failure, Job, Outcome, Raise, Verdict, job_for
from interview.grading.report import Report, report_of
from interview.grading.submission import Submission
from interview.language import Bilingual

_STARTUP = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from interview.grading.server import main; main()"
)
_PASSED_ON = (
    "PATH",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TMPDIR",
    "TEMP",
    "TMP",
    "SYSTEMROOT",
    "LD_LIBRARY_PATH",
)
_START_SECONDS = 120.0


class Grader:
    """A grader process, warm from the first job on. Start it early: it loads torch meanwhile."""

    def __init__(self) -> None:
        self._busy = False
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the grader
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-I",
                "-W",
                "ignore",
                "-c",
                _STARTUP,
                json.dumps([p for p in sys.path if p]),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=_clean_environment(os.environ),
            start_new_session=True,
            bufsize=0,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def judge(self, job: Job) -> Verdict:
        """Have one submission judged.

        Raises:
            GraderError: where no verdict comes back, or the grader says that it failed.
        """
        deadline = time.monotonic() + _START_SECONDS + job.time_limit
        self._busy = True
        try:
            self._stdin.write(job.to_json().encode() + b"\n")
        except BrokenPipeError as error:
            raise self._failed(None) from error
        line = self._read_line(deadline)
        self._busy = False
        if not line:
            raise self._failed(None)
        verdict = Verdict.from_json(line)
        if verdict.trouble:
            raise self._failed(verdict.trouble)
        return verdict

    def close(self) -> None:
        """End the process; one that is at work is given time to clear up after itself."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=3.0 if self._busy else 0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._errors.close()

    @property
    def _stdin(self) -> "subprocess.IO[bytes]":  # type: ignore[name-defined]
        if self._process.stdin is None:
            raise AssertionError
        return self._process.stdin

    def _read_line(self, deadline: float) -> str:
        stream = self._process.stdout
        if stream is None:
            raise AssertionError
        received = b""
        while not received.endswith(b"\n"):
            ready, _, _ = select.select([stream], [], [], max(deadline - time.monotonic(), 0))
            chunk = os.read(stream.fileno(), 1 << 16) if ready else b""
            if not chunk:
                return ""
            received += chunk
        return received.decode()

    def _failed(self, trouble: str | None) -> GraderError:
        if trouble is None:
            self._errors.seek(0)
            trouble = self._errors.read().decode(errors="replace")
        last = trouble.strip().splitlines()[-1:] or ["?"]
        return GraderError(
            zh=f"评分程序自己出了错，不怪这份代码：{last[0]}",
            en=f"the grader itself failed, not the submission: {last[0]}",
            hint=Bilingual(
                zh="用 `interview bank check` 检查题库；仍然失败就请报告这个问题",
                en="check the bank with `interview bank check`; if it still fails, report it",
            ),
        )


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


def _search_path() -> list[str]:
    """Return where this process finds modules, which an isolated one would not know."""
    return [entry for entry in sys.path if entry]


def _clean_environment(environ: Mapping[str, str]) -> dict[str, str]:
    kept = {name: environ[name] for name in _PASSED_ON if name in environ}
    return {
        **kept,
        "OMP_NUM_THREADS": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }


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
