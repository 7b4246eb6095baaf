"""The grader process: loads torch once, then forks a judge and a sandbox for each submission.

Jobs come in as JSON lines and verdicts go out as JSON lines, over the socket that is its standard
input, or over those of the clients that connect to the path it is given.
"""

import gc
import os
import select
import signal
import socket
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
    """Serve one client over standard input and output; or, given a path, whoever connects to it.

    The arguments after the search path are the socket's path and the seconds of idleness after
    which to end.
    """
    # Collecting garbage while thousands of modules load takes a fifth of the time, for nothing.
    gc.disable()
    stream = _claim_stream()
    import torch

    torch.set_num_threads(1)
    lifetimes.adopt_orphans()
    lifetimes.forbid_tracing()
    gc.freeze()
    if sys.argv[2:]:
        _listen(Path(sys.argv[2]), float(sys.argv[3]))
    else:
        _serve(stream)
    # Ending the usual way would take torch half a second.
    os._exit(0)


def _serve(stream: int) -> None:
    """Judge the jobs of one client until it hangs up."""
    for line in _lines(stream):
        with tempfile.TemporaryDirectory(prefix="interview-", ignore_cleanup_errors=True) as name:
            judge_it = _judge_in_fork if CAN_FORK else _judge_here
            verdict = judge_it(line, Path(name), stream)
        if verdict is None:
            return
        _write_all(stream, verdict.encode() + b"\n")


def _listen(path: Path, idle_seconds: float) -> None:
    """Fork a process for each client, until nobody has come for a while."""
    _warm_up()
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        path.unlink(missing_ok=True)
        # Bound under another name first: whoever sees the path may connect at once.
        unready = path.with_suffix(".new")
        unready.unlink(missing_ok=True)
        listener.bind(str(unready))
        unready.chmod(0o600)
        listener.listen(128)
        unready.rename(path)
        try:
            _accept_until_idle(listener, idle_seconds)
        finally:
            path.unlink(missing_ok=True)


def _accept_until_idle(listener: socket.socket, idle_seconds: float) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    last = time.monotonic()
    clients: set[int] = set()
    while clients or time.monotonic() - last < idle_seconds:
        ready, _, _ = select.select([listener], [], [], 0.5)
        if ready:
            connection, _ = listener.accept()
            with connection:
                clients.add(_fork_for(connection))
        ended = {pid for pid in clients if os.waitpid(pid, os.WNOHANG)[0]}
        clients -= ended
        if ready or ended:
            last = time.monotonic()


def _fork_for(connection: socket.socket) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        lifetimes.die_with_parent()
        lifetimes.adopt_orphans()
        if _is_own_user(connection):
            _serve(connection.fileno())
    finally:
        os._exit(0)


def _is_own_user(connection: socket.socket) -> bool:
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return int.from_bytes(credentials[4:8], sys.byteorder) == os.getuid()


def _warm_up() -> None:
    """Load what every judge and sandbox will need, once, before they are forked."""
    import torch

    import interview.grading.diagnosis
    import interview.grading.judge
    import interview.grading.suite_run  # noqa: F401
    from interview.grading.confinement import survey

    survey()
    torch.empty(2, device="meta").mean()
    gc.freeze()


def _claim_stream() -> int:
    """Keep the stream to ourselves: nothing printed by chance may get between the lines."""
    stream = os.dup(0)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    return stream


def _write_all(stream: int, data: bytes) -> None:
    while data:
        data = data[os.write(stream, data) :]


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
    lifetimes.end_child(pid)
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
        _write_all(writer, (_judge_here(line, scratch, 0, fork=True) or "").encode())
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
