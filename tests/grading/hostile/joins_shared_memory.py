# attack: joins_shared_memory
# idea: attach to, write into and remove the System V memory and message queue of the same user
# must: survive; what other processes of the user share stays theirs
import ctypes
import os

from kit import MESSAGE_QUEUE, QUEUE_NAME, SHARED_MEMORY, Right, breach

SHMAT, SHMCTL, MSGSND, MSGRCV, MSGCTL, MQ_UNLINK = {
    "x86_64": (30, 31, 69, 70, 71, 241),
    "aarch64": (196, 195, 189, 188, 187, 181),
}[os.uname().machine]
IPC_RMID, IPC_NOWAIT = 0, 0o4000
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
libc.syscall.argtypes = [ctypes.c_long] * 7

message = ctypes.create_string_buffer(b"\x01" + bytes(7) + b"hostile", 64)
address = ctypes.addressof(message)
place = libc.syscall(SHMAT, SHARED_MEMORY, 0, 0, 0, 0, 0)
if place > 0:
    breach(f"attached: {ctypes.string_at(place, 16)}")
    ctypes.memmove(place, b"hostile", 7)
for name, number, *arguments in (
    ("shmctl", SHMCTL, SHARED_MEMORY, IPC_RMID, 0, 0, 0, 0),
    ("msgsnd", MSGSND, MESSAGE_QUEUE, address, 7, IPC_NOWAIT, 0, 0),
    ("msgrcv", MSGRCV, MESSAGE_QUEUE, address, 7, 0, IPC_NOWAIT, 0),
    ("msgctl", MSGCTL, MESSAGE_QUEUE, IPC_RMID, 0, 0, 0, 0),
):
    if libc.syscall(number, *arguments) >= 0:
        breach(name)
name = ctypes.create_string_buffer(QUEUE_NAME.encode())
libc.syscall(MQ_UNLINK, ctypes.addressof(name), 0, 0, 0, 0, 0)


class LayerNorm(Right):
    pass
