"""What a sandbox gives up before it runs one line of a submission.

Each step is taken by the process on itself, needs neither root nor an installed program, and
cannot be taken back. A layer can be lost in silence (an old kernel, a container's own filter), so
each is tried at the end, and only what then really holds is reported.
"""

import contextlib
import ctypes
import os
import socket
import stat
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from interview.grading import landlock, seccomp
from interview.grading.lifetimes import die_with_parent, prctl

MEMORY = 2560 << 20  # bytes of address space: torch on a CPU needs up to 1.9 GiB
FILE_SIZE = 1 << 20
OPEN_FILES = 64

_PR_SET_NO_NEW_PRIVS = 38
_PR_GET_NO_NEW_PRIVS = 39
_CAPABILITY_VERSION_3 = 0x20080522
# Ids that belong to nobody on common systems, so that limits and signals touch nothing else.
_FIRST_FREE_ID, _FREE_IDS = 61_000, 3_000
_SYSTEM_PATHS = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/dev/null",
    "/dev/zero",
    "/dev/urandom",
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/sys/devices/system/cpu",
)
_OWN_PACKAGE = "interview"

# Without these, a submission could read the suite or do harm: many people's files need them.
ESSENTIAL = frozenset({"files", "network", "processes"})
PROTECTIONS = (
    "files",
    "network",
    "processes",
    "signals",
    "memory",
    "cpu-time",
    "file-size",
    "open-files",
    "core-dumps",
    "privileges",
)


def confine(scratch: Path, cpu_seconds: float) -> tuple[str, ...]:
    """Confine this process to its scratch folder and its share of the machine.

    Returns which of `PROTECTIONS` hold, each tried after the last step.
    """
    readable, open_to_all = survey()
    limits = _set_limits(cpu_seconds)
    _leave_root(scratch, open_to_all=open_to_all)
    die_with_parent()
    os.chdir(scratch)
    os.environ.clear()
    os.environ.update(
        HOME=str(scratch),
        TMPDIR=str(scratch),
        TORCHINDUCTOR_CACHE_DIR=str(scratch),  # `torch.optim` would make a folder for it
        OMP_NUM_THREADS="1",
    )
    sys.dont_write_bytecode = True
    tempfile.tempdir = str(scratch)  # else it is found by removing a file, which is refused
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
    if sys.platform.startswith("linux"):
        landlock.restrict(readable=readable, writable=[scratch])
        seccomp.restrict()
    held = {name for name, holds in _TRIALS.items() if holds()} | limits
    return tuple(name for name in PROTECTIONS if name in held)


@cache
def survey() -> tuple[tuple[Path, ...], bool]:
    """Return what a sandbox may read, and whether any user of the machine may.

    It takes longer than all the rest, so a grader calls it once, before it forks.
    """
    readable = (*_python_paths(), *map(Path, _SYSTEM_PATHS))
    return readable, all(_open_to_all(path) for path in readable if path.exists())


def find_protections() -> tuple[str, ...]:
    """Return which of `PROTECTIONS` a sandbox would have here, by confining a child process."""
    if not hasattr(os, "fork"):
        return ()
    reader, writer = os.pipe()
    with tempfile.TemporaryDirectory(prefix="interview-") as scratch:
        child = os.fork()
        if not child:
            try:
                os.write(writer, " ".join(confine(Path(scratch), 5.0)).encode())
            finally:
                os._exit(0)
        os.close(writer)
        told = os.read(reader, 4096).decode()
        os.close(reader)
        os.waitpid(child, 0)
    return tuple(told.split())


def limit_cpu(more_seconds: float) -> None:
    """Leave this process that much CPU time from now on, and a second to say that it is over."""
    try:
        import resource
    except ImportError:  # Windows
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    value = int(used.ru_utime + used.ru_stime + more_seconds) + 1
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (value, value))


def _set_limits(cpu_seconds: float) -> set[str]:
    """Set the resource limits; return the names of those that took effect."""
    try:
        import resource
    except ImportError:  # Windows
        return set()
    wanted = {
        "memory": (resource.RLIMIT_AS, max(MEMORY, _address_space() + (1 << 30))),
        "cpu-time": (resource.RLIMIT_CPU, int(cpu_seconds) + 1),
        "file-size": (resource.RLIMIT_FSIZE, FILE_SIZE),
        "open-files": (resource.RLIMIT_NOFILE, OPEN_FILES),
        "core-dumps": (resource.RLIMIT_CORE, 0),
    }
    reached = set()
    for name, (limit, value) in wanted.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))
            if resource.getrlimit(limit) == (value, value):
                reached.add(name)
    return reached


def _address_space() -> int:
    """Return the bytes of address space already in use; 0 where that is unknown."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _python_paths() -> Iterator[Path]:
    """Yield the standard library and the packages beside torch, this package left out.

    Site folders are listed entry by entry: the bank, its suites and solutions, may lie in one.
    """
    torch = find_spec("torch")
    sites = {Path(torch.origin).parent.parent} if torch and torch.origin else set()
    libraries = {Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")}
    for folder in libraries | sites:
        for entry in os.scandir(folder):
            if not entry.name.endswith(("site-packages", "dist-packages", ".pth")) and (
                _OWN_PACKAGE not in entry.name
            ):
                yield Path(entry.path)


def _leave_root(scratch: Path, *, open_to_all: bool) -> None:
    """Become an unprivileged user; where Python itself is root's own, only lose all powers."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    if open_to_all:
        user = _FIRST_FREE_ID + os.getpid() % _FREE_IDS
        os.chown(scratch, user, user)
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    _drop_capabilities()


def _open_to_all(path: Path) -> bool:
    try:
        way = [path, *path.resolve().parents]
        return all(one.stat().st_mode & stat.S_IXOTH or one.is_file() for one in way)
    except OSError:
        return False


def _drop_capabilities() -> None:
    if not sys.platform.startswith("linux"):
        return
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    ctypes.CDLL(None, use_errno=True).capset(header, nothing)


def _refused(action: Callable[[], object]) -> bool:
    """Tell whether the system refuses an action; one that it allows is undone by the caller."""
    try:
        action()
    except PermissionError:
        return True
    except OSError:
        return False
    return False


def _cannot_fork() -> bool:
    try:
        child = os.fork()
    except PermissionError:
        return True
    except (AttributeError, OSError):
        return False
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    return False


def _no_privileges() -> bool:
    if not prctl(_PR_GET_NO_NEW_PRIVS, 0, expect=1):
        return False
    return not _has_capabilities()


def _has_capabilities() -> bool:
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return True
    line = next((line for line in status.splitlines() if line.startswith("CapEff:")), "CapEff:1")
    return int(line.partition(":")[2], 16) != 0


def _outside() -> Path:
    return Path.cwd().parent


def _cannot_touch_files() -> bool:
    bare = _outside() / f"interview-trial-{os.getpid()}"
    if not _refused(lambda: os.scandir(_outside()).close()):
        return False
    if not _refused(lambda: os.open(__file__, os.O_RDONLY)):
        return False
    written = _refused(lambda: bare.write_bytes(b""))
    with contextlib.suppress(OSError):
        bare.unlink()
    return written


_TRIALS: dict[str, Callable[[], bool]] = {
    "files": _cannot_touch_files,
    "network": lambda: _refused(lambda: socket.socket().close()),
    "processes": _cannot_fork,
    "signals": lambda: _refused(lambda: os.kill(os.getppid(), 0)),
    "privileges": _no_privileges,
}
