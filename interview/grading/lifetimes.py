"""Ties between processes: who ends with whom, who adopts whose orphans, who may look at whom."""

import contextlib
import ctypes
import os
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36


def die_with_parent() -> None:
    """End this process when its parent ends, however that happens (Linux)."""
    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> None:
    """Make descendants whose parent has ended children of this process (Linux)."""
    prctl(_PR_SET_CHILD_SUBREAPER, 1)


def forbid_tracing() -> None:
    """Keep other processes of this user out of this one's memory (Linux)."""
    prctl(_PR_SET_DUMPABLE, 0)


def end_children() -> None:
    """Kill and reap every child of this process, adopted ones included."""
    while children := _children():
        for child in children:
            end_child(child)


def end_child(child: int) -> int | None:
    """Kill and reap one child; return its exit code, None where it had none or was gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(child, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status)
    return None


def _children() -> list[int]:
    try:
        listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(pid) for pid in listed.split()]


def prctl(option: int, value: int, *, expect: int = 0) -> bool:
    """Call prctl on this process (Linux); return whether it answered as expected."""
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.prctl(option, value, 0, 0, 0) == expect)
