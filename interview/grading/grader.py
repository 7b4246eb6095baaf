"""The grader as its clients hold it: a process of their own, or the warm server where one runs.

Nothing here imports torch. A process of one's own loads it meanwhile, so start it early.
"""

import atexit
import contextlib
import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from interview import __version__
from interview.closing import Closing
from interview.errors import GraderError
from interview.grading.job import Job, Verdict
from interview.language import Bilingual
from interview.paths import cache_folder

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
    "PYTHONDONTWRITEBYTECODE",
)
_START_SECONDS = 120.0
_FAREWELL_SECONDS = 3.0


class Grader(Closing):
    """A way to have jobs judged, one after another. Use it as a context manager."""

    def __init__(self, *, warm: bool = False, connection: socket.socket | None = None) -> None:
        """Talk over `connection`, else to the warm server where `warm` allows it and one runs.

        Where there is neither, a process of our own is started.
        """
        self._busy = False
        self._is_ready = False
        self._process: subprocess.Popen[bytes] | None = None
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the grader
        found = connection or (connect_to_server() if warm else None)
        self._socket = found or self._start()

    def judge(self, job: Job) -> Verdict:
        """Have one submission judged.

        Raises:
            GraderError: where no verdict comes back, or the grader says that it failed.
        """
        deadline = time.monotonic() + _START_SECONDS + job.time_limit
        self._busy, self._is_ready = True, False
        try:
            self._socket.sendall(job.to_json().encode() + b"\n")
            line = self._read_line(deadline)
        except OSError as error:
            raise self._failed(None) from error
        self._busy = False
        if not line:
            raise self._failed(None)
        verdict = Verdict.from_json(line)
        if verdict.trouble:
            raise self._failed(verdict.trouble)
        return verdict

    def get_ready(self) -> None:
        """Have judge and sandbox made now, so that the next job finds them waiting."""
        if self._is_ready:
            return
        self._is_ready = True
        with contextlib.suppress(OSError):  # a grader that is gone is found out by the next job
            self._socket.settimeout(_FAREWELL_SECONDS)
            self._socket.sendall(b"\n")

    def close(self) -> None:
        """Hang up; a process that is at work is given time to clear up after itself."""
        self._socket.close()
        if self._process is not None:
            at_work = self._busy or self._is_ready
            try:
                self._process.wait(timeout=_FAREWELL_SECONDS if at_work else 0)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._errors.close()

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = start_server(theirs.fileno(), self._errors.fileno())
        return ours

    def _read_line(self, deadline: float) -> str:
        received = b""
        while not received.endswith(b"\n"):
            self._socket.settimeout(max(deadline - time.monotonic(), 0.001))
            chunk = self._socket.recv(1 << 16)
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


_early: "list[Grader]" = []


def start_early() -> None:
    """Start the grader that the next `take_grader` will return."""
    _early.append(Grader(warm=True))
    atexit.register(_close_early)


def take_grader() -> Grader:
    """Return the grader that was started early, else one that is started now."""
    return _early.pop() if _early else Grader(warm=True)


def _close_early() -> None:
    while _early:
        _early.pop().close()


def start_server(stream: int, errors: int, *arguments: str) -> "subprocess.Popen[bytes]":
    """Start a grader process that talks over `stream`, or listens as its arguments say."""
    path = json.dumps([entry for entry in sys.path if entry])
    return subprocess.Popen(
        [sys.executable, "-I", "-W", "ignore", "-c", _STARTUP, path, *arguments],
        stdin=stream,
        stdout=stream,
        stderr=errors,
        env=_clean_environment(os.environ),
        start_new_session=True,
    )


def socket_path() -> Path:
    """Return where the warm server of this very installation listens.

    Another version, interpreter or copy of the program has another path, so that nobody is graded
    by a server that remembers older code.
    """
    package = Path(__file__).resolve().parent
    newest = max(path.stat().st_mtime_ns for path in package.glob("*.py"))
    identity = f"{__version__} {sys.executable} {package} {newest}"
    name = hashlib.sha256(identity.encode()).hexdigest()[:16]
    # A socket's path may have no more than about 100 bytes, so the cache folder will not do.
    runtime = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(runtime) / f"interview-{_user()}" / f"{name}.sock"


def connect_to_server() -> socket.socket | None:
    """Return a connection to the warm server; None where there is none, or it is not ours."""
    path = socket_path()
    try:
        return connect(path) if path.parent.stat().st_uid == _user() else None
    except OSError:
        return None


def connect(path: Path) -> socket.socket | None:
    """Return a connection to the server that listens at `path`; None where none does."""
    if not hasattr(socket, "AF_UNIX"):
        return None
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(path))
    except OSError:
        connection.close()
        return None
    return connection


def server_process() -> int | None:
    """Return the process id of the warm server; None where none runs."""
    connection = connect_to_server()
    if connection is None:
        return None
    with connection:
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return int.from_bytes(credentials[:4], sys.byteorder)


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0


def _clean_environment(environ: Mapping[str, str]) -> dict[str, str]:
    kept = {name: environ[name] for name in _PASSED_ON if name in environ}
    return {
        **kept,
        "INTERVIEW_CACHE_DIR": str(cache_folder()),
        "OMP_NUM_THREADS": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
