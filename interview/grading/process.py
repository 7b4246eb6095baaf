"""Starting the sandbox process and ending it with everything that it left behind."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from interview.closing import Closing
from interview.grading import lifetimes
from interview.grading.link import Link

CAN_FORK = sys.platform.startswith("linux")
OUTPUT_KEPT = 16 << 10
SCRATCH_SIZE = 64 << 20
SCRATCH_ENTRIES = 2000
SCRATCH_FULL = "scratch-full"
_WATCH_SECONDS = 0.02
_STARTUP = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from interview.grading.sandbox import main; main()"
)


@dataclass(slots=True)
class SandboxProcess(Closing):
    """A sandbox under way: its wire and its captured output."""

    pid: int
    wire: Link
    _output: "_Drain"
    _watch: "_Watch"
    ending: str = ""

    def wait(self, seconds: float) -> None:
        """Give a sandbox that hung up a moment to end by itself, and note how it ended."""
        deadline = time.monotonic() + seconds
        while not self.ending and time.monotonic() < deadline:
            try:
                reaped, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                return
            if reaped:
                self.ending = describe_ending(status)
            else:
                time.sleep(0.002)

    def close(self) -> None:
        """Kill it with all its descendants."""
        if self._watch.finish():
            self.ending = SCRATCH_FULL
        self.wire.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        lifetimes.end_child(self.pid)
        lifetimes.end_children()
        self._output.finish()

    def output(self) -> str:
        """Return the beginning of what the submission printed."""
        return self._output.text()


def start_sandbox(*, scratch: Path, fork: bool = CAN_FORK) -> SandboxProcess:
    """Start a sandbox, by forking this process or from nothing.

    Call it before a job, a suite or any expected value is in this process: a fork inherits
    memory. `scratch` is the one folder it may write to.
    """
    ours, theirs = socket.socketpair()
    reader, writer = os.pipe()
    pid = (_fork if fork else _spawn)(theirs, writer, scratch)
    theirs.close()
    os.close(writer)
    return SandboxProcess(pid, Link(ours), _Drain(reader), _Watch(scratch, pid))


def describe_ending(status: int) -> str:
    """Return `exit:<code>` or `signal:<name>` of a wait status."""
    code = os.waitstatus_to_exitcode(status)
    return f"exit:{code}" if code >= 0 else f"signal:{signal.Signals(-code).name}"


def _fork(wire: socket.socket, output: int, scratch: Path) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        sock = _keep_only(wire, output)
        from interview.grading import sandbox

        sandbox.run(sock, scratch=scratch)
    finally:
        os._exit(0)


def _keep_only(wire: socket.socket, output: int) -> socket.socket:
    """Leave this process no descriptor but nothing to read, the output, and the wire."""
    wire_copy, output_copy = os.dup(wire.fileno()), os.dup(output)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output_copy, 1)
    os.dup2(output_copy, 2)
    os.dup2(wire_copy, 3)
    wire.detach()
    os.closerange(4, os.sysconf("SC_OPEN_MAX"))
    sys.stdout = open(1, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    return socket.socket(fileno=3)


def _spawn(wire: socket.socket, output: int, scratch: Path) -> int:
    process = subprocess.Popen(
        [
            sys.executable,
            "-I",
            "-c",
            _STARTUP,
            json.dumps(sys.path),
            scratch,
        ],
        stdin=wire.fileno(),
        stdout=output,
        stderr=output,
        env={"PYTHONIOENCODING": "utf-8", "OMP_NUM_THREADS": "1"},
        start_new_session=True,
    )
    process.returncode = 0  # reaped by `end_children`; without this its destructor warns
    return process.pid


class _Watch:
    """Kills the sandbox when its folder grows too large: no limit of the system counts a folder."""

    def __init__(self, scratch: Path, pid: int) -> None:
        self._scratch, self._pid = scratch, pid
        self._killed = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._over.wait(_WATCH_SECONDS):
            if _is_too_large(self._scratch):
                self._killed = True
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(self._pid, signal.SIGKILL)
                return

    def finish(self) -> bool:
        """Stop watching; return whether the sandbox was killed for its folder."""
        self._over.set()
        self._thread.join()
        return self._killed


def _is_too_large(folder: Path) -> bool:
    size = entries = 0
    for parent, folders, files in os.walk(folder):
        entries += len(folders) + len(files)
        for name in files:
            with contextlib.suppress(OSError):
                size += os.lstat(f"{parent}/{name}").st_blocks * 512
        if size > SCRATCH_SIZE or entries > SCRATCH_ENTRIES:
            return True
    return False


class _Drain:
    """Reads a pipe to its end so that its writer never blocks; keeps the beginning."""

    def __init__(self, reader: int) -> None:
        self._reader = reader
        self._kept = bytearray()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with os.fdopen(self._reader, "rb", buffering=0) as stream:
            while chunk := stream.read(1 << 16):
                self._kept += chunk[: OUTPUT_KEPT - len(self._kept)]

    def finish(self) -> None:
        """Wait for the end of the pipe, which comes with the end of its writers."""
        self._thread.join(timeout=1.0)

    def text(self) -> str:
        """Return what was kept."""
        return self._kept.decode("utf-8", errors="replace")
