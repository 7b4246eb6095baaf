"""A client of the grader in a process of its own, as this user or another, with its belongings.

What it owns, and what a submission must not touch, lies in one folder: somebody's files, a bank
with secrets planted in it, the submission, a home. Beside them stand a shared memory and two
queues. `Seat.grade` has a submission graded and tells what became of all that.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import json
import os
import secrets
import select
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from tests.conftest import ROOT

EXERCISE = "normalization/layer-norm"
SLEEP = "41.7953"  # an argument of `sleep` that nobody else uses
ORDINARY_USER = 60_990
_FS_IOC_GETFLAGS = 0x80086601
_ANSWER_SECONDS = 60.0
_NOTES = "hostile-note*"


class NoSeat(Exception):
    """The client cannot be started: why."""


@dataclass(slots=True)
class Observation:
    """What the grader answered, and what was seen of its processes and the seat's belongings."""

    report: dict[str, Any] | None
    refused: str | None
    error: str | None
    wall: float
    largest: int  # bytes of memory of the largest process of the grader
    changes: list[str] = field(default_factory=list)


class Seat:
    """A client at work. `user` is the id it runs as, where that is not this process's own."""

    def __init__(self, user: int | None = None) -> None:
        self.secret = f"PLANTED_SUITE_{secrets.token_hex(6)}"
        self.folder = Path(tempfile.mkdtemp(prefix="hostile-"))
        self.folder.chmod(0o755)
        self._lay_out(user)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "INTERVIEW_CACHE_DIR": str(self.folder / "home" / "cache"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        program = f"import sys; sys.path[:] = {[*sys.path, str(ROOT), str(self.folder)]!r}; "
        program += "from tests.grading.seat import serve; serve()"
        command = [sys.executable, "-W", "ignore", "-c", program, str(self.folder)]
        self._process = subprocess.Popen(
            command if user is None else [*_become(user), *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            cwd=self.folder,
        )
        self.told = self._answer()
        self.own = {self._process.pid, self.told["server"]}
        self._priorities = self._read_priorities()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the client, and remove what is its own."""
        self._process.communicate(timeout=10)
        _remove(self.folder)

    def grade(self, source: str, limit: float) -> Observation:
        """Have a submission graded; its text may name the belongings."""
        submission = self.folder / "desk" / "layer_norm.py"
        submission.write_text(source, encoding="utf-8")
        before = self.belongings()
        largest = self._send({"path": str(submission), "limit": limit})
        answer = self._answer()
        seen = Observation(
            answer.get("report"), answer.get("refused"), answer.get("error"), answer["wall"], largest
        )
        self.own = {self._process.pid, answer["server"]}
        seen.changes += list(_differences(before, self.belongings()))
        if answer["shared"] != self.told["shared"]:
            seen.changes.append(f"shared memory or queue: {answer['shared']}")
        seen.changes += [f"left process {one}" for one in _soon_none(self._strangers)]
        seen.changes += [f"left file {one}" for one in _soon_none(self._left_files)]
        if seen.error is None and self._read_priorities() != self._priorities:
            seen.changes.append("the grader's priority, cores or limits")
        _remove(*self._left_files())
        return seen

    def belongings(self) -> dict[str, tuple[object, ...]]:
        """Return what can be seen of each file of the seat but the temporary ones."""
        return {
            str(path): _looks(path)
            for path in sorted(self.folder.rglob("*"))
            if self.folder / "tmp" not in path.parents
            and not path.name.startswith(("tmp", "hostile-note"))
        }

    def _lay_out(self, user: int | None) -> None:
        for name in ("canary", "bank", "desk", "home/cache", "tmp"):
            (self.folder / name).mkdir(parents=True)
        for name in ("secret.txt", "victim.txt"):
            (self.folder / "canary" / name).write_text(f"{name} of another\n")
            with contextlib.suppress(OSError):  # not every file system has these
                os.setxattr(self.folder / "canary" / name, "user.own", b"1")
        bank = self.folder / "bank"
        shutil.copytree(ROOT / "questions" / EXERCISE, bank / "questions" / EXERCISE)
        shutil.copytree(ROOT / "solutions", bank / "solutions")
        for path in bank.rglob("*.py"):
            with path.open("a", encoding="utf-8") as stream:
                stream.write(f'\n_PLANTED = "{self.secret}"\n')
        if user is not None:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, user, user)

    def _send(self, request: dict[str, object]) -> int:
        """Send a request; return the memory of the grader's largest process until the answer."""
        if self._process.stdin is None or self._process.stdout is None:
            raise AssertionError
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        largest, until = 0, time.monotonic() + _ANSWER_SECONDS
        while time.monotonic() < until:
            if select.select([self._process.stdout], [], [], 0.01)[0]:
                break
            largest = max([largest, *map(_peak_memory, _descendants(self._process.pid))])
        return largest

    def _answer(self) -> dict[str, Any]:
        if self._process.stdout is None:
            raise AssertionError
        line = self._process.stdout.readline()
        if not line:
            _, errors = self._process.communicate()
            _remove(self.folder)
            raise NoSeat((errors.decode().strip().splitlines() or ["it ended at once"])[-1])
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _strangers(self) -> list[str]:
        """Return the processes that come from this seat's grader, or from a submission."""
        marks = (str(self.folder).encode(), SLEEP.encode())
        found = {pid: _command_line(pid) for pid in _all_processes() - self.own - {os.getpid()}}
        children = set(_descendants(self._process.pid)) - self.own
        return [
            f"{pid} {command!r}"
            for pid, command in found.items()
            if pid in children or any(mark in command for mark in marks)
        ]

    def _left_files(self) -> list[Path]:
        """Return the files that the grader or a submission left where anybody may write."""
        inside = [path for path in (self.folder / "tmp").iterdir() if path.name != "unnamed"]
        noted = [path for place in _places(self.folder) for path in place.glob(_NOTES)]
        return [*inside, *noted]

    def _read_priorities(self) -> list[object]:
        return [
            (os.getpriority(os.PRIO_PROCESS, pid), os.sched_getaffinity(pid), _limits(pid))
            for pid in sorted(self.own)
        ]


def serve() -> None:
    """Grade what standard input names, one JSON line each: the part that runs as another user."""
    from interview.bank.load import load_bank
    from interview.errors import GraderError, UsageError
    from interview.grading.client import Grader, grade
    from interview.grading.submission import read_submission

    folder = Path(sys.argv[1])
    bank = load_bank(folder / "bank", cache=False)
    question = bank[EXERCISE]
    with _shared_things(folder.name) as shared, contextlib.ExitStack() as graders:
        grader = graders.enter_context(Grader())
        _tell({"server": grader._process.pid, "shared": shared.state(), **shared.names})
        for line in sys.stdin:
            request = json.loads(line)
            exercise = replace(
                question.exercise,
                time_limit=request["limit"],
                misconceptions=question.exercise.misconceptions[:2],
            )
            asked = replace(question, exercise=exercise)
            started = time.monotonic()
            try:
                submission = read_submission(Path(request["path"]))
                report = grade(asked, submission, bank=bank, grader=grader)
                answer: dict[str, Any] = {"report": report.to_data()}
            except UsageError as error:
                answer = {"refused": str(error)}
            except (GraderError, Exception) as error:  # noqa: BLE001 - told, and a finding
                answer = {"error": f"{type(error).__name__}: {error}"}
            wall = time.monotonic() - started
            if "error" in answer:
                grader = graders.enter_context(Grader())
            server = grader._process.pid
            _tell({**answer, "wall": wall, "server": server, "shared": shared.state()})
