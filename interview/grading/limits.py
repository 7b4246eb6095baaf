"""What a sandbox gives up before it runs one line of a submission, and how it is ended.

Each step is taken by the sandbox on itself, needs no privilege, and cannot be taken back.
"""

import contextlib
import ctypes
import os
import signal
import sys
import time
from pathlib import Path

MEMORY = 2560 << 20  # bytes of address space: torch on a CPU needs up to 1.9 GiB
FILE_SIZE = 64 << 20
OPEN_FILES = 64
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38


def confine(scratch: Path, cpu_seconds: float) -> tuple[str, ...]:
    """Confine this process to its scratch folder and its share of the machine.

    Returns the names of the protections that are on.
    """
    os.chdir(scratch)
    os.environ.clear()
    os.environ.update(HOME=str(scratch), TMPDIR=str(scratch), OMP_NUM_THREADS="1")
    return ("processes", *_set_limits(cpu_seconds), *_give_up_privileges())


def die_with_parent() -> None:
    """End this process when its parent ends, however that happens (Linux)."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> None:
    """Make descendants whose parent has ended children of this process (Linux)."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def forbid_tracing() -> None:
    """Keep other processes of this user out of this one's memory (Linux)."""
    _prctl(_PR_SET_DUMPABLE, 0)


def end_children(seconds: float = 2.0) -> None:
    """Kill and reap every child of this process, adopted ones included."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for child in _children():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(child, signal.SIGKILL)
        try:
            reaped, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not reaped:
            time.sleep(0.002)


def _children() -> list[int]:
    try:
        listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(pid) for pid in listed.split()]


def _set_limits(cpu_seconds: float) -> list[str]:
    try:
        import resource
    except ImportError:  # Windows
        return []
    wanted = {
        "memory": (resource.RLIMIT_AS, max(MEMORY, _address_space() + (1 << 30))),
        "cpu-time": (resource.RLIMIT_CPU, int(cpu_seconds) + 1),
        "file-size": (resource.RLIMIT_FSIZE, FILE_SIZE),
        "open-files": (resource.RLIMIT_NOFILE, OPEN_FILES),
        "core-dumps": (resource.RLIMIT_CORE, 0),
    }
    reached = []
    for name, (limit, value) in wanted.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))
            reached.append(name)
    return reached


def _address_space() -> int:
    """Return the bytes of address space already in use; 0 where that is unknown."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _give_up_privileges() -> list[str]:
    return ["no-new-privileges"] if _prctl(_PR_SET_NO_NEW_PRIVS, 1) else []


def _prctl(option: int, value: int) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.prctl(option, value, 0, 0, 0) == 0)
