"""A client of the grader in a process of its own, as this user or another, with its belongings.

What a submission must not touch lies in one folder: somebody's files, a bank with a secret planted
in it, the submission itself, a home. Beside them stand a shared memory and two queues of the same
user. `grade_at` has a submission graded at several seats at once and tells what became of all that.
"""

import contextlib
import ctypes
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
from typing import IO, Any

from tests.conftest import ROOT

EXERCISE = "normalization/layer-norm"
SLEEP = "41.7953"  # an argument of `sleep` that nobody else uses
ORDINARY_USER = 60_990
_ANSWER_SECONDS = 60.0
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
    """A client at work; `user` is the id it runs as, where that is not this process's own.

    With 0 it is root whose Python can be read by everybody, wherever Python really lies.
    """

    def __init__(self, user: int | None = None) -> None:
        """Start the client.

        Raises:
            NoSeat: where it does not start.
        """
        self.name = "another user" if user else "root" if os.geteuid() == 0 else "this user"
        self.secret = f"PLANTED_SUITE_{secrets.token_hex(6)}"
        self._largest = 0
        self.folder = Path(tempfile.mkdtemp(prefix="hostile-"))
        self.folder.chmod(0o755)  # root's grader gives its sandboxes to users that are nobody
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

    def begin(self, source: str, limit: float, *, rules: bool) -> None:
        """Ask for a text's grade within `limit` seconds; without `rules` no call is forbidden."""
        submission = self.folder / "desk" / "layer_norm.py"
        submission.write_text(source, encoding="utf-8")
        self._before, self._usual, self._largest = self._surroundings(), self._temporary(), 0
        request = {"path": str(submission), "limit": limit, "rules": rules}
        self._stdin.write(json.dumps(request).encode() + b"\n")
        self._stdin.flush()

    def measure(self) -> None:
        """Note how large the grader's processes have become."""
        self._largest = max([self._largest, *map(_peak_memory, self._grader_processes())])

    def finish(self) -> Observation:
        """Wait for the answer, and look what has changed."""
        answer = self._answer()
        before, after = self._before, self._surroundings()
        changes = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        changes += [f"{name}: {state}" for name, state in answer["changed"].items()]
        changes += [f"left process {one}" for one in _at_last(self._strangers)]
        left = _at_last(lambda: self._temporary() - self._usual)
        changes += [f"left file {one}" for one in left]
        _remove(*left)
        return Observation(
            answer.get("report"),
            answer.get("refused"),
            answer.get("error"),
            answer["wall"],
            self._largest,
            tuple(sorted(changes)),
        )

    def give_up(self) -> None:
        """Kill a client that does not answer."""
        self._process.kill()

    @property
    def answers(self) -> IO[bytes]:
        """Return the stream on which answers come."""
        if self._process.stdout is None:
            raise AssertionError
        return self._process.stdout

    @property
    def _stdin(self) -> IO[bytes]:
        if self._process.stdin is None:
            raise AssertionError
        return self._process.stdin

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

    def _answer(self) -> dict[str, Any]:
        line = self.answers.readline()
        if not line:
            _, errors = self._process.communicate()
            _remove(self.folder)
            raise NoSeat((errors.decode().strip().splitlines() or ["it ended at once"])[-1])
        answer: dict[str, Any] = json.loads(line)
        self._known = {os.getpid(), self._process.pid, answer["server"]}
        return answer

    def _surroundings(self) -> dict[str, object]:
        """Return the looks of every file of the seat but the temporary ones."""
        kept = [path for path in self.folder.iterdir() if path.name != "tmp"]
        return {str(path): _looks(path) for one in kept for path in (one, *sorted(one.rglob("*")))}

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

    def _temporary(self) -> set[Path]:
        """Return what the grader or a submission has where it might have been able to write."""
        package = ROOT / "interview" / "grading"
        sites = [Path(sysconfig.get_path("purelib")), package, package / "__pycache__"]
        common = ["/tmp", "/dev/shm", "/var/tmp", "/run", "/run/lock", "/etc", "/root", Path.cwd()]
        noted = [one for place in (*common, *sites) for one in Path(place).glob("hostile-note*")]
        # torch makes a folder of that name in whatever process imports its compiler.
        own = [one for one in (self.folder / "tmp").iterdir() if "torchinductor" not in one.name]
        return {*own, *noted}


def grade_at(
    seats: list[Seat], sources: list[str], limit: float, *, rules: bool = False
) -> list[Observation]:
    """Have each seat's submission graded, at all seats at once."""
    for seat, source in zip(seats, sources, strict=True):
        seat.begin(source, limit, rules=rules)
    waiting = {seat.answers: seat for seat in seats}
    until = time.monotonic() + _ANSWER_SECONDS
    while waiting and time.monotonic() < until:
        for stream in select.select(list(waiting), [], [], 0.02)[0]:
            del waiting[stream]
        for seat in waiting.values():
            seat.measure()
    for seat in waiting.values():
        seat.give_up()
    return [seat.finish() for seat in seats]


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
            if answer.get("error", "").startswith("GraderError"):
                grader.close()
                grader = stack.enter_context(Grader())
                _grade(bank, grader, path=bank.solution(bank[EXERCISE]), limit=20, rules=False)
            else:
                after = _state_of(things, grader._process.pid)
                answer["changed"] = {
                    name: f"{before[name]} became {after[name]}"
                    for name in before
                    if before[name] != after[name]
                }
            _tell({"changed": {}, "wall": wall, "server": grader._process.pid, **answer})


def _grade(bank: Any, grader: Any, *, path: str, limit: float, rules: bool) -> dict[str, Any]:
    from interview.errors import UsageError
    from interview.grading.client import grade
    from interview.grading.submission import read_submission

    question = bank[EXERCISE]
    # Two known mistakes are enough to have the diagnosis run; forty would take most of the time.
    known = question.exercise.misconceptions[:2]
    forbids = question.exercise.forbids if rules else ()
    exercise = replace(question.exercise, time_limit=limit, misconceptions=known, forbids=forbids)
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
    """Return the command that starts another as a user of this id, by programs of util-linux.

    Where Python lies in a folder that is its owner's alone (/root), a mount namespace shows it
    there all the same: nothing of the real folder, or of its permissions, changes.
    """
    needed = {Path(one).resolve() for one in (sys.prefix, sys.base_prefix, ROOT, *sys.path) if one}
    needed |= {Path(sys.prefix), Path(sys.base_prefix), ROOT}
    roots = sorted(one for one in needed if one.exists() and not needed & set(one.parents))
    hidden = {one: folder for one in roots if (folder := _closed_folder_above(one))}
    closed = sorted(set(hidden.values()))
    steps = ["hold=$(mktemp -d)"]
    numbered = [(f"$hold/{number}", shlex.quote(str(one))) for number, one in enumerate(hidden)]
    steps += [f"mkdir {held}; mount --bind {one} {held}" for held, one in numbered]
    steps += [f"mount -t tmpfs -o mode=755 none {shlex.quote(str(one))}" for one in closed]
    steps += [f"mkdir -p {one}; mount --move {held} {one}; rmdir {held}" for held, one in numbered]
    alike = f"--reuid {user} --regid {user} --clear-groups --inh-caps -all --bounding-set -all"
    steps += ["rmdir $hold", f'exec setpriv {alike} "$@"' if user else 'exec "$@"']
    enter = ["unshare", "--mount"] if hidden else []
    return [*enter, "sh", "-e", "-c", "\n".join(steps), "sh"]


def _closed_folder_above(path: Path) -> Path | None:
    """Return the topmost folder on the way to `path` that others may not pass."""
    way = [folder for folder in reversed(path.parents) if not folder.stat().st_mode & stat.S_IXOTH]
    return way[0] if way else None


def _looks(path: Path) -> tuple[int, int]:
    """Return what changes with a file's content, name, permissions or attributes, unforgeably."""
    status = path.lstat()
    return status.st_ino, status.st_ctime_ns


def _all_processes() -> Iterator[tuple[int, bytes]]:
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            yield int(entry.name), (entry / "cmdline").read_bytes()


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
