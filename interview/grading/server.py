"""The grader process: loads torch once, then forks a judge and a sandbox for each submission.

Jobs come in as JSON lines and verdicts go out as JSON lines, over the socket that is its standard
input, or over those of the clients that connect to the path it is given.
"""

import gc
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
from pathlib import Path

from interview.grading import lifetimes
from interview.grading.job import Job, Outcome, Verdict
from interview.grading.process import CAN_FORK, start_sandbox

_LONGEST = 900.0  # seconds for a judge; it keeps the exercise's own limit itself
BATCH_FOLDER = "interview-grade-"
_BREATH = 0.3  # seconds in which a client with a single job leaves


def main() -> None:
    """Serve one client over standard input and output; or, given a path, whoever connects to it.

    The arguments after the search path are the socket's path and the seconds of idleness after
    which to end.
    """
    # Collecting garbage while thousands of modules load takes a fifth of the time, for nothing.
    gc.disable()
    sys.dont_write_bytecode = "PYTHONDONTWRITEBYTECODE" in os.environ  # isolated mode ignores it
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


def _serve(stream: int, *, warm: bool = False) -> None:
    """Judge the jobs of one client, one after another, until it hangs up.

    A first job that waits already is judged at once, before this process is warm.
    """
    while True:
        if not warm and not _is_readable(stream):
            _warm_up()
            warm = True
        if not _has_job(stream):
            return
        scratch = Path(tempfile.mkdtemp(prefix="interview-"))
        try:
            answered = _judge_in_fork(stream, scratch) if CAN_FORK else _judge(stream, scratch)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        if not answered:
            return
        if not warm and (not _is_readable(stream, _BREATH) or not _has_left(stream)):
            _warm_up()
            warm = True


def _has_job(stream: int) -> bool:
    """Wait for a job, or for an empty line: the client's wish that we be ready for one.

    A job is not read here: this process's memory is what sandboxes are made of.
    """
    with socket.socket(fileno=os.dup(stream)) as peeked:
        try:
            first = peeked.recv(1, socket.MSG_PEEK)
            return bool(peeked.recv(1) if first == b"\n" else first)
        except OSError:
            return False


def _is_readable(stream: int, seconds: float = 0) -> bool:
    """Tell whether a job waits or the client has left, without reading."""
    return bool(select.select([stream], [], [], seconds)[0])


def _has_left(stream: int) -> bool:
    if not hasattr(select, "poll"):  # Windows
        return False
    poll = select.poll()
    poll.register(stream, 0)  # reports only that the other end was closed
    return bool(poll.poll(0))


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
            if path.parent.name.startswith(BATCH_FOLDER):  # whose owner may have been killed
                shutil.rmtree(path.parent, ignore_errors=True)


def _accept_until_idle(listener: socket.socket, idle_seconds: float) -> None:
    # An exception from a signal's handler is lost where it comes in the middle of a fork, which
    # is where this process spends its time: so the handler only writes into a pipe.
    told_to_end, tell = os.pipe()
    signal.signal(signal.SIGTERM, lambda *_: os.write(tell, b"."))
    last = time.monotonic()
    clients: set[int] = set()
    while clients or time.monotonic() - last < idle_seconds:
        ready, _, _ = select.select([listener.fileno(), told_to_end], [], [], 0.5)
        if told_to_end in ready:
            return
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
            _serve(connection.fileno(), warm=True)
    finally:
        os._exit(0)


def _is_own_user(connection: socket.socket) -> bool:
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return int.from_bytes(credentials[4:8], sys.byteorder) == os.getuid()


def _warm_up() -> None:
    """Load what every judge and sandbox will need, once, before they are forked."""
    import interview.grading.diagnosis
    import interview.grading.judge  # noqa: F401
    from interview.grading import meta_device
    from interview.grading.confinement import survey
    from interview.grading.suite_run import load_pytest

    survey()
    load_pytest()
    meta_device.load()
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


def _judge(stream: int, scratch: Path, *, fork: bool = False) -> bool:
    """Start a sandbox, then read a job, judge it and answer; return whether a client was there."""
    from interview.grading.judge import judge

    with start_sandbox(scratch=scratch, fork=fork) as sandbox:
        line = _read_line(stream)
        if line is None:
            return False
        try:
            verdict = judge(Job.from_json(line), sandbox)
        except Exception:  # noqa: BLE001 - whatever went wrong is the grader's trouble, and is told
            verdict = Verdict(Outcome.JUDGED, trouble=traceback.format_exc()[-4000:])
    # Before the answer: whoever has it finds nothing left behind.
    shutil.rmtree(scratch, ignore_errors=True)
    _write_all(stream, verdict.to_json().encode() + b"\n")
    return True


def _judge_in_fork(stream: int, scratch: Path) -> bool:
    """Judge in a fork, so that no job and no suite is in the memory of later sandboxes.

    Returns whether the client is still there.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        _be_judge(stream, scratch)
    os.close(writer)
    select.select([stream, reader], [], [])  # until there is a job, however long that takes
    gone = _wait_for(reader, stream)
    os.close(reader)
    answered = lifetimes.end_child(pid) == 0
    lifetimes.end_children()
    if gone:
        return False
    if not answered:
        trouble = Verdict(Outcome.JUDGED, trouble="the judge ended without a verdict")
        _write_all(stream, trouble.to_json().encode() + b"\n")
    return True


def _be_judge(stream: int, scratch: Path) -> None:
    code = 1
    try:
        lifetimes.die_with_parent()
        lifetimes.adopt_orphans()
        lifetimes.forbid_tracing()
        code = 0 if _judge(stream, scratch, fork=True) else 1
    finally:
        os._exit(code)


def _wait_for(reader: int, stream: int) -> bool:
    """Wait until the judge has ended; return whether the client left before."""
    poll = select.poll()
    poll.register(reader, select.POLLIN)
    poll.register(stream, 0)  # reports only that the other end was closed
    return stream in dict(poll.poll(_LONGEST * 1000))


def _read_line(stream: int) -> str | None:
    """Return the next line that holds anything, or None at the end of the stream.

    The client sends no two jobs at once.
    """
    received = b""
    while not received.endswith(b"\n"):
        chunk = os.read(stream, 1 << 16)
        if not chunk:
            return None
        received = (received + chunk).lstrip(b"\n")
    return received.decode()
