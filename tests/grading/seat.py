"""A client of the grader in a process of its own, as this user or another, with its belongings.

What a submission must not touch lies in one folder: somebody's files, a bank with a secret planted
in it, the submission itself, a home. Beside them stand a shared memory and two queues of the same
user. `Seat.grade` has a submission graded and tells what became of all that.
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
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

EXERCISE = "normalization/layer-norm"
SLEEP = "41.7953"  # an argument of `sleep` that nobody else uses
ORDINARY_USER = 60_990
_ANSWER_SECONDS = 60.0
_FS_IOC_GETFLAGS = 0x80086601
_IPC_CREAT, _IPC_RMID = 0o1000, 0


class NoSeat(Exception):
    """The client cannot be started: why."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What the grader answered, and what was seen of its processes and the seat's belongings."""

    report: dict[str, Any] | None
    refused: str | None
    error: str | None
    wall: float  # seconds, as the client's clock saw it
    largest: int  # bytes of memory that the largest process of the grader ever had
    changes: tuple[str, ...]


class Seat:
    """A client at work; `user` is the id it runs as, where that is not this process's own."""

    def __init__(self, user: int | None = None) -> None:
        """Start the client.

        Raises:
            NoSeat: where it does not start.
        """
        self.secret = f"PLANTED_SUITE_{secrets.token_hex(6)}"
        self.folder = Path(tempfile.mkdtemp(prefix="hostile-"))
        self._lay_out(user)
        program = (
            f"import sys; sys.path[:] = {[*sys.path, str(ROOT), str(self.folder)]!r}; "
            "from tests.grading.seat import serve; serve()"
        )
        command = [sys.executable, "-W", "ignore", "-c", program, str(self.folder)]
        self._process = subprocess.Popen(
            command if user is None else [*_become(user), *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder / "home"),
                "TMPDIR": str(self.folder / "tmp"),
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            cwd=self.folder,
        )
        self.things: dict[str, Any] = self._answer()["things"]

    def close(self) -> None:
        """End the client, and remove what is its own."""
        self._process.communicate(timeout=10)
        _remove(self.folder)

    def grade(self, source: str, limit: float) -> Observation:
        """Have a submission graded within `limit` seconds, and look what it changed."""
        submission = self.folder / "desk" / "layer_norm.py"
        submission.write_text(source, encoding="utf-8")
        before, usual = self._surroundings(), set(self._left_files())
        largest = self._send({"path": str(submission), "limit": limit})
        answer = self._answer()
        after = self._surroundings()
        changes = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        changes += [f"{name}: {state}" for name, state in answer["changed"].items()]
        changes += [f"left process {one}" for one in _at_last(self._strangers)]
        left = _at_last(lambda: set(self._left_files()) - usual)
        changes += [f"left file {one}" for one in left]
        _remove(*left)
        told = (answer.get(name) for name in ("report", "refused", "error"))
        return Observation(*told, answer["wall"], largest, tuple(sorted(changes)))

    def _lay_out(self, user: int | None) -> None:
        for name in ("canary", "bank", "desk", "home", "tmp"):
            (self.folder / name).mkdir()
        for name in ("secret.txt", "victim.txt"):
            path = self.folder / "canary" / name
            path.write_text("another's\n", encoding="utf-8")
            with contextlib.suppress(OSError):  # not every file system has these
                os.setxattr(path, "user.own", b"1")
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
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise AssertionError
        stdin.write(json.dumps(request).encode() + b"\n")
        stdin.flush()
        largest, until = 0, time.monotonic() + _ANSWER_SECONDS
        while not select.select([stdout], [], [], 0.01)[0] and time.monotonic() < until:
            largest = max([largest, *map(_peak_memory, self._grader_processes())])
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
        self._known = {os.getpid(), self._process.pid, answer["server"]}
        return answer

    def _surroundings(self) -> dict[str, object]:
        """Return the looks of every file of the seat but the temporary ones."""
        temporary = self.folder / "tmp"
        return {
            str(path): _looks(path)
            for path in self.folder.rglob("*")
            if path != temporary and temporary not in path.parents
        }

    def _grader_processes(self) -> list[int]:
        return list(_descendants(self._process.pid))

    def _strangers(self) -> list[str]:
        """Return the processes that this seat's grader, or a submission of its, left running."""
        marks = (str(self.folder).encode(), SLEEP.encode())
        below = set(self._grader_processes())
        return [
            f"{pid}: {line!r}"
            for pid, line in _all_processes()
            if pid not in self._known and (pid in below or any(mark in line for mark in marks))
        ]

    def _left_files(self) -> list[Path]:
        """Return what the grader or a submission left where it might have been able to write."""
        package = ROOT / "interview" / "grading"
        sites = [Path(sysconfig.get_path("purelib")), package, package / "__pycache__"]
        common = ["/tmp", "/dev/shm", "/var/tmp", "/run", "/run/lock", "/etc", "/root", Path.cwd()]
        noted = [one for place in (*common, *sites) for one in Path(place).glob("hostile-note*")]
        return [*(self.folder / "tmp").iterdir(), *noted]


def serve() -> None:
    """Grade what standard input names, one JSON line each: the part that runs as another user."""
    from interview.bank.load import load_bank
    from interview.grading.client import Grader

    folder = Path(sys.argv[1])
    bank = load_bank(folder / "bank", cache=False)
    with contextlib.ExitStack() as stack:
        things = stack.enter_context(_shared_things(folder.name))
        grader = stack.enter_context(Grader())
        _tell({"things": things, "server": grader._process.pid})
        for line in sys.stdin:
            before = _state_of(things, grader._process.pid)
            started = time.monotonic()
            answer = _grade(bank, grader, **json.loads(line))
            wall = time.monotonic() - started
            if "error" in answer:
                grader = stack.enter_context(Grader())
            else:
                after = _state_of(things, grader._process.pid)
                answer["changed"] = {
                    name: f"{before[name]} became {after[name]}"
                    for name in before
                    if before[name] != after[name]
                }
            _tell({"changed": {}, "wall": wall, "server": grader._process.pid, **answer})


def _grade(bank: Any, grader: Any, *, path: str, limit: float) -> dict[str, Any]:
    from interview.errors import UsageError
    from interview.grading.client import grade
    from interview.grading.submission import read_submission

    question = bank[EXERCISE]
    # Two known mistakes are enough to have the diagnosis run; forty would take most of the time.
    known = question.exercise.misconceptions[:2]
    exercise = replace(question.exercise, time_limit=limit, misconceptions=known)
    try:
        submission = read_submission(Path(path))
        asked = replace(question, exercise=exercise)
        return {"report": grade(asked, submission, bank=bank, grader=grader).to_data()}
    except UsageError as error:
        return {"refused": str(error)}
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what the test looks for
        return {"error": f"{type(error).__name__}: {error}"}


def _tell(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


@contextlib.contextmanager
def _shared_things(name: str) -> Iterator[dict[str, Any]]:
    """Make a shared memory and two queues, as any other program of the user may have them."""
    libc = ctypes.CDLL(None, use_errno=True)
    memory = libc.shmget(0, 4096, _IPC_CREAT | 0o600)
    queue = libc.msgget(0, _IPC_CREAT | 0o600)
    posix_name = f"/{name}".encode()
    posix = libc.mq_open(posix_name, os.O_CREAT | os.O_RDWR, 0o600, None)
    try:
        yield {"memory": memory, "queue": queue, "name": name, "posix": posix >= 0}
    finally:
        libc.shmctl(memory, _IPC_RMID, None)
        libc.msgctl(queue, _IPC_RMID, None)
        libc.mq_unlink(posix_name)


def _state_of(things: dict[str, Any], server: int) -> dict[str, str]:
    """Return the state of what is shared, and of what the kernel grants the grader's server."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    place = libc.shmat(things["memory"], None, 0)
    held = place not in {None, ctypes.c_void_p(-1).value}
    queue = libc.mq_open(f"/{things['name']}".encode(), os.O_RDONLY) if things["posix"] else -1
    state = {
        "shared memory": ctypes.string_at(place, 16).hex() if held else "gone",
        "message queue": _queue_line(things["queue"]),
        "POSIX queue": "there" if queue >= 0 else "gone",
        "priority of the server": str(os.getpriority(os.PRIO_PROCESS, server)),
        "cores of the server": str(os.sched_getaffinity(server)),
        "limits of the server": Path(f"/proc/{server}/limits").read_text(encoding="ascii"),
    }
    if held:
        libc.shmdt(ctypes.c_void_p(place))
    if queue >= 0:
        os.close(queue)
    return state


def _queue_line(queue: int) -> str:
    """Return permissions, bytes and messages of a System V queue, by its number."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/sysvipc/msg").read_text(encoding="ascii").splitlines()[1:]:
            if line.split()[1] == str(queue):
                return " ".join(line.split()[2:5])
    return "gone"


def _become(user: int) -> list[str]:
    """Return the command that starts another as an ordinary user, by programs of util-linux.

    Where Python lies in a folder that is its owner's alone (/root), a mount namespace shows it
    there all the same: nothing of the real folder, or of its permissions, changes.
    """
    needed = {Path(one).resolve() for one in (sys.prefix, sys.base_prefix, ROOT, *sys.path) if one}
    needed |= {Path(sys.prefix), Path(sys.base_prefix), ROOT}
    roots = sorted(one for one in needed if one.exists() and not needed & set(one.parents))
    hidden = {one: closed for one in roots if (closed := _closed_folder_above(one))}
    steps = ["hold=$(mktemp -d)"]
    for number, one in enumerate(hidden):
        steps.append(f"mkdir $hold/{number}; mount --bind {shlex.quote(str(one))} $hold/{number}")
    for closed in set(hidden.values()):
        steps.append(f"mount -t tmpfs -o mode=755 none {shlex.quote(str(closed))}")
    for number, one in enumerate(hidden):
        target = shlex.quote(str(one))
        steps.append(f"mkdir -p {target}; mount --move $hold/{number} {target}")
        steps.append(f"rmdir $hold/{number}")
    alike = f"--reuid {user} --regid {user} --clear-groups --inh-caps -all --bounding-set -all"
    steps += ["rmdir $hold", f'exec setpriv {alike} "$@"']
    enter = ["unshare", "--mount"] if hidden else []
    return [*enter, "sh", "-e", "-c", "\n".join(steps), "sh"]


def _closed_folder_above(path: Path) -> Path | None:
    """Return the topmost folder on the way to `path` that others may not pass."""
    way = [folder for folder in reversed(path.parents) if not folder.stat().st_mode & stat.S_IXOTH]
    return way[0] if way else None


def _looks(path: Path) -> tuple[object, ...]:
    """Return everything by which a change of a file would show."""
    status = path.lstat()
    looks: tuple[object, ...] = (oct(status.st_mode), status.st_uid, status.st_nlink)
    if path.is_symlink():
        return (*looks, os.readlink(path))
    if path.is_file():
        looks += (hashlib.sha256(path.read_bytes()).hexdigest(),)
    attributes = [(name, os.getxattr(path, name)) for name in sorted(os.listxattr(path))]
    return (*looks, status.st_mtime_ns, attributes, _flags(path))


def _flags(path: Path) -> int:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return int.from_bytes(fcntl.ioctl(descriptor, _FS_IOC_GETFLAGS, bytes(8)), sys.byteorder)
    except OSError:  # not every file system has flags
        return 0
    finally:
        os.close(descriptor)


def _all_processes() -> Iterator[tuple[int, bytes]]:
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                yield int(entry), Path(f"/proc/{entry}/cmdline").read_bytes()


def _descendants(pid: int) -> Iterator[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return
    for child in map(int, children):
        yield child
        yield from _descendants(child)


def _peak_memory(pid: int) -> int:
    """Return the most bytes of memory a process has had; 0 where it is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) << 10
    return 0


def _at_last(look: Any, seconds: float = 1.0) -> list[Any]:
    """Return what is still there after a moment: what is being cleared away is not left."""
    until = time.monotonic() + seconds
    while (found := look()) and time.monotonic() < until:
        time.sleep(0.02)
    return list(found)


def _remove(*paths: Path) -> None:
    """Remove folders of any depth and any permissions."""
    if paths:
        subprocess.run(["chmod", "-R", "u+rwX", *paths], check=False, stderr=subprocess.DEVNULL)
        subprocess.run(["rm", "-rf", *paths], check=True)
