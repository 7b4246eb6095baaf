# attack: slows_the_judge
# idea: lower the priority of the grader's processes, pin them to one core, limit their resources
# must: survive; other processes keep their priority, cores and limits
import contextlib
import ctypes
import os
import resource

from kit import Right, breach

IOPRIO_SET = {"x86_64": 251, "aarch64": 30}[os.uname().machine]
libc = ctypes.CDLL(None, use_errno=True)


def check(*args):
    if libc.syscall(*args) < 0:
        raise OSError(ctypes.get_errno(), "refused")


judge = os.getppid()
for pid in (judge, os.getpgid(judge)):
    for name, slow in (
        ("setpriority", lambda pid=pid: os.setpriority(os.PRIO_PROCESS, pid, 19)),
        ("affinity", lambda pid=pid: os.sched_setaffinity(pid, {0})),
        ("scheduler", lambda pid=pid: os.sched_setscheduler(pid, 5, os.sched_param(0))),
        ("ioprio", lambda pid=pid: check(IOPRIO_SET, 1, pid, 3 << 13)),
        ("prlimit", lambda pid=pid: resource.prlimit(pid, resource.RLIMIT_NOFILE, (9, 9))),
    ):
        with contextlib.suppress(OSError):
            slow()
            breach(f"{name} of process {pid}")


class LayerNorm(Right):
    pass
