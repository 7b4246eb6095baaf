"""The grader process: loads torch once, then forks a judge and a sandbox for each submission.

Jobs come in as JSON lines on standard input, verdicts go out as JSON lines on standard output;
it ends when its input does.
"""

import contextlib
import gc
import os
import select
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

from interview.grading import lifetimes
from interview.grading.job import Job, Outcome, Verdict
from interview.grading.process import CAN_FORK

_GRACE = 45.0  # seconds for starting the sandbox, pytest and the diagnosis, beyond the time limit


def main() -> None:
    """Serve jobs until standard input ends."""
    jobs, answers = _claim_streams()
    import torch

    torch.set_num_threads(1)
    lifetimes.adopt_orphans()
    lifetimes.forbid_tracing()
    gc.freeze()
    for line in _lines(jobs):
        with tempfile.TemporaryDirectory(prefix="interview-", ignore_cleanup_errors=True) as name:
            judge_it = _judge_in_fork if CAN_FORK else _judge_here
            verdict = judge_it(line, Path(name), jobs)
        if verdict is None:
            break
        os.write(answers, verdict.encode() + b"\n")
    # Ending the usual way would take torch half a second.
    os._exit(0)


def _warm_up() -> None:
    """Load what every judge and sandbox will need, once, before they are forked."""
    import torch

    import interview.grading.diagnosis
    import interview.grading.judge
    import interview.grading.suite_run  # noqa: F401

    torch.empty(2, device="meta").mean()
    gc.freeze()


def _claim_streams() -> tuple[int, int]:
    """Keep the two pipes to ourselves: nothing printed by chance may get between the lines."""
    jobs, answers = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    return jobs, answers


def _lines(descriptor: int) -> Iterator[str]:
    """Yield each line; warm up at the first moment that nobody waits."""
    buffered, warm = b"", False
    while True:
        if not warm and not select.select([descriptor], [], [], 0)[0]:
            _warm_up()
            warm = True
        chunk = os.read(descriptor, 1 << 16)
        if not chunk:
            return
        buffered += chunk
        while b"\n" in buffered:
            line, _, buffered = buffered.partition(b"\n")
            yield line.decode()


def _judge_here(line: str, scratch: Path, _: int, *, fork: bool = False) -> str | None:
    from interview.grading.judge import judge

    try:
        return judge(Job.from_json(line), scratch=scratch, fork=fork).to_json()
    except Exception:  # noqa: BLE001 - whatever went wrong is the grader's trouble, and is told
        return Verdict(Outcome.JUDGED, trouble=traceback.format_exc()[-4000:]).to_json()


def _judge_in_fork(line: str, scratch: Path, jobs: int) -> str | None:
    """Judge in a fork, so that no suite is in the memory that later sandboxes are forked from.

    Returns None where the client has gone meanwhile.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        _be_judge(line, scratch, writer)
    os.close(writer)
    deadline = time.monotonic() + Job.from_json(line).time_limit + _GRACE
    answer = _read_until(reader, jobs, deadline)
    os.close(reader)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)
    lifetimes.end_children()
    if answer == b"":
        return Verdict(Outcome.JUDGED, trouble="the judge ended without a verdict").to_json()
    return answer.decode() if answer is not None else None


def _be_judge(line: str, scratch: Path, writer: int) -> None:
    try:
        sys.dont_write_bytecode = True
        lifetimes.die_with_parent()
        lifetimes.adopt_orphans()
        lifetimes.forbid_tracing()
        answer = (_judge_here(line, scratch, 0, fork=True) or "").encode()
        while answer:
            answer = answer[os.write(writer, answer) :]
    finally:
        os._exit(0)


def _read_until(reader: int, jobs: int, deadline: float) -> bytes | None:
    """Read the judge's answer to its end: nothing at the deadline, None if the client is gone."""
    poll = select.poll()
    poll.register(reader, select.POLLIN)
    poll.register(jobs, 0)  # reports only that the other end was closed
    answer = b""
    while (left := deadline - time.monotonic()) > 0:
        events = dict(poll.poll(left * 1000))
        if reader in events:
            chunk = os.read(reader, 1 << 16)
            if not chunk:
                return answer
            answer += chunk
        elif jobs in events:
            return None
    return b""
