"""Grading many submissions on all cores: one process loads torch, every judge is its fork."""

import os
import queue
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from interview.bank.model import Bank, Question
from interview.errors import GraderError
from interview.grading.client import grade
from interview.grading.grader import Grader, connect, start_server
from interview.grading.report import Report
from interview.grading.server import BATCH_FOLDER
from interview.grading.submission import Submission

_IDLE_SECONDS = 5.0
_START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Task:
    """One submission and the exercise that it answers."""

    submission: Submission
    question: Question


@dataclass(frozen=True, slots=True)
class Graded:
    """A task done: its report, or what went wrong with the grader."""

    task: Task
    report: Report | None
    trouble: GraderError | None = None


class Graders:
    """Graders on one warm server, each at work on one task at a time; made by `warm_graders`."""

    def __init__(self, bank: Bank, address: Path, count: int) -> None:
        """Connect `count` graders at once, so that the server does not find itself idle."""
        self._bank = bank
        self._address = address
        self._free: queue.Queue[Grader | None] = queue.Queue()
        for _ in range(count):
            self._free.put(self._connect())

    def grade(self, task: Task) -> Graded:
        """Grade a task as soon as a grader is free. May be called from many threads."""
        grader: Grader | None = self._free.get()
        try:
            grader = grader or self._connect()
            report = grade(task.question, task.submission, bank=self._bank, grader=grader)
            return Graded(task, report)
        except GraderError as error:
            if grader is not None:
                grader.close()
            grader = None
            return Graded(task, None, error)
        finally:
            self._free.put(grader)

    def close(self) -> None:
        """Hang up those that are free; the others notice that the server has gone."""
        while not self._free.empty():
            grader = self._free.get()
            if grader is not None:
                grader.close()

    def _connect(self) -> Grader:
        return Grader(connection=connect(self._address))


@contextmanager
def warm_graders(bank: Bank, count: int) -> Iterator[Graders]:
    """Run a grader server of our own with `count` graders on it.

    Raises:
        GraderError: where the server does not start.
    """
    with _server() as address:
        graders = Graders(bank, address, count)
        try:
            yield graders
        finally:
            graders.close()


def grade_all(tasks: Iterable[Task], *, bank: Bank, workers: int | None = None) -> Iterator[Graded]:
    """Yield each task's result as it comes, in no particular order.

    `tasks` is read as workers come free, so memory does not grow with their number. A submission
    that brings the grader down costs only itself.
    """
    count = workers or os.cpu_count() or 1
    waiting: queue.Queue[Task | None] = queue.Queue(maxsize=2 * count)
    done: queue.Queue[Graded | None] = queue.Queue()
    with warm_graders(bank, count) as graders:
        threads = [
            threading.Thread(target=_work, args=(waiting, done, graders), daemon=True)
            for _ in range(count)
        ]
        feeder = threading.Thread(target=_feed, args=(tasks, waiting, count), daemon=True)
        for thread in (*threads, feeder):
            thread.start()
        for _ in range(count):
            while (graded := done.get()) is not None:
                yield graded


def _feed(tasks: Iterable[Task], waiting: "queue.Queue[Task | None]", count: int) -> None:
    for task in tasks:
        waiting.put(task)
    for _ in range(count):
        waiting.put(None)


def _work(
    waiting: "queue.Queue[Task | None]", done: "queue.Queue[Graded | None]", graders: Graders
) -> None:
    while (task := waiting.get()) is not None:
        done.put(graders.grade(task))
    done.put(None)


@contextmanager
def _server() -> Iterator[Path]:
    """Run a grader server of our own; it ends with its last client, or when we are killed."""
    with tempfile.TemporaryDirectory(prefix=BATCH_FOLDER, ignore_cleanup_errors=True) as folder:
        address = Path(folder) / "grader.sock"
        with tempfile.TemporaryFile() as errors:
            process = start_server(
                subprocess.DEVNULL, errors.fileno(), str(address), str(_IDLE_SECONDS)
            )
            try:
                _wait_for(address, process)
                yield address
            finally:
                process.terminate()
                process.wait()


def _wait_for(address: Path, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not address.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise GraderError(zh="评分进程没有起来", en="the grader process did not start")
        time.sleep(0.01)
