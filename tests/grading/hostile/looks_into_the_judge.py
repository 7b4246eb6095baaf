# attack: looks_into_the_judge
# idea: read and write the judge's memory, environment and files through /proc, trace it
# must: not-pass; no other process can be looked into
import contextlib
import ctypes
import os

from kit import Wrong, breach

PTRACE, READV, GETFD = {"x86_64": (101, 310, 438), "aarch64": (117, 270, 438)}[os.uname().machine]
PTRACE_SEIZE = 0x4206
libc = ctypes.CDLL(None, use_errno=True)
judge = os.getppid()
for pid in (judge, os.getpgid(judge), 1):
    for name in ("mem", "environ", "maps", "cmdline", "status", "fd/0", "cwd/x", "root/etc/passwd"):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/{name}", "rb") as stream:
            breach(f"opened {name} of process {pid}: {stream.read(200)}")
    with contextlib.suppress(OSError):
        breach(f"files of process {pid}: {os.listdir(f'/proc/{pid}/fd')}")
    with contextlib.suppress(OSError), open(f"/proc/{pid}/mem", "r+b") as stream:
        breach(f"opened the memory of process {pid} for writing")
    for number, *arguments in (
        (PTRACE, PTRACE_SEIZE, pid, 0, 0),
        (READV, pid, 0, 0, 0, 0, 0),
        (GETFD, 3, 0, 0),
    ):
        if libc.syscall(number, *arguments) >= 0:
            breach(f"system call {number} on process {pid}")


class LayerNorm(Wrong):
    pass
