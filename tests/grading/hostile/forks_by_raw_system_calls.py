# attack: forks_by_raw_system_calls
# idea: fork, vfork, clone and clone3 by number, by the numbers of x32, and in 32-bit machine code
# must: survive; no call under any number makes a process
import ctypes
import os

from kit import SLEEP, Right, breach

CALLS = {"x86_64": (57, 58, 56, 435), "aarch64": (220, 435)}[os.uname().machine]
SIGCHLD = 17
libc = ctypes.CDLL(None, use_errno=True)
me = os.getpid()
for number in (*CALLS, *(0x40000000 | one for one in CALLS)):
    if number & 0xFFFF == 58:
        continue  # a vfork from here would run in its parent's stack
    libc.syscall(number, SIGCHLD, 0, 0, 0, 0)
    if os.getpid() != me:
        os.execv("/bin/sleep", ["sleep", SLEEP])
try:
    os.posix_spawn("/bin/sleep", ["sleep", SLEEP], {})
    breach("posix_spawn")
except OSError:
    pass


class LayerNorm(Right):
    pass
