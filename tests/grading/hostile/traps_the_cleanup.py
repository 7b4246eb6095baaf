# attack: traps_the_cleanup
# idea: leave a link in a folder that cannot be written, for clearing up to chmod its target
# must: survive; clearing up follows no link (CVE-2023-6597)
import contextlib
import ctypes
import os
import struct

from kit import CANARY, Right

SETXATTRAT, AT_FDCWD = 463, -100
libc = ctypes.CDLL(None, use_errno=True)
with contextlib.suppress(OSError):
    os.mkdir("locked")
    os.symlink(f"{CANARY}/secret.txt", "locked/link")
    rights = struct.pack("<I", 2) + b"".join(
        struct.pack("<HHi", tag, 5, -1) for tag in (0x01, 0x04, 0x20)
    )
    held = ctypes.create_string_buffer(rights, len(rights))
    arguments = struct.pack("QII", ctypes.addressof(held), len(rights), 0)
    name = b"system.posix_acl_access"
    libc.syscall(SETXATTRAT, AT_FDCWD, b"locked", 0, name, arguments, 16)


class LayerNorm(Right):
    pass
