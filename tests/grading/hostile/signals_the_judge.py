# attack: signals_the_judge
# idea: stop or kill the parent, its group and its session, by every call that sends a signal
# must: not-pass; no signal leaves the sandbox
import contextlib
import ctypes
import fcntl
import os
import signal

from kit import Wrong, breach, wire

TKILL, TGKILL, QUEUE, PIDFD = {
    "x86_64": (200, 234, 129, 434),
    "aarch64": (130, 131, 138, 434),
}[os.uname().machine]
F_SETSIG = 10
libc = ctypes.CDLL(None, use_errno=True)
parent = os.getppid()
group = os.getpgid(parent)
information = ctypes.create_string_buffer(128)


def own_by(pid):
    """Have the kernel send the signal, when there is something to read on the wire."""
    fcntl.fcntl(wire(), fcntl.F_SETOWN, pid)
    fcntl.fcntl(wire(), F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(wire(), fcntl.F_SETFL, fcntl.fcntl(wire(), fcntl.F_GETFL) | os.O_ASYNC)


class LayerNorm(Wrong):
    def forward(self, x):
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for name, sent in (
                ("kill", lambda number=number: os.kill(parent, number)),
                ("killpg", lambda number=number: os.killpg(group, number)),
                ("tkill", lambda number=number: check(TKILL, parent, number)),
                ("tgkill", lambda number=number: check(TGKILL, parent, parent, number)),
                ("queue", lambda number=number: check(QUEUE, parent, number, information)),
                ("pidfd", lambda: check(PIDFD, parent, 0)),
            ):
                with contextlib.suppress(OSError):
                    sent()
                    breach(name)
        with contextlib.suppress(OSError):
            own_by(parent)
        return super().forward(x)


def check(*args):
    if libc.syscall(*args) < 0:
        raise OSError(ctypes.get_errno(), "refused")
