"""Seccomp (Linux): system calls that this process can no longer make.

The filter is a classic BPF program over `struct seccomp_data` (linux/seccomp.h). What is on the
list fails with EPERM, so that a submission which tries it gets an exception and not a crash.
"""

import ctypes
import errno
import os
import platform
import struct
import sys

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_FIRST_NEW = 455  # younger than all that is listed here, so unknown: it does not exist
_LOAD, _JUMP_EQUAL, _JUMP_GREATER, _JUMP_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_OFFSET_NUMBER, _OFFSET_ARCHITECTURE, _OFFSET_FIRST_ARGUMENT = 0, 4, 16
_X32_BIT = 0x40000000

# name: (x86_64, aarch64); None where the architecture has no such call.
_DENIED: dict[str, tuple[int | None, int | None]] = {
    # new processes and threads, other programs
    "fork": (57, None),
    "vfork": (58, None),
    "clone": (56, 220),
    "execve": (59, 221),
    "execveat": (322, 281),
    # the network, and any socket beyond the wire
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    # attributes of files, which Landlock does not cover
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    # memory that the address-space limit does not count, and queues that outlive the process
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "semget": (64, 190),
    "semop": (65, 193),
    "semctl": (66, 191),
    "semtimedop": (220, 192),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    # the share of the machine that this process and others have
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274),
    # the machine
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "move_mount": (429, 429),
    "open_tree": (428, 428),
    "fsopen": (430, 430),
    "mount_setattr": (442, 442),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "personality": (135, 92),
    "acct": (163, 89),
    "swapon": (167, 224),
    "reboot": (169, 142),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "syslog": (103, 116),
    "quotactl": (179, 60),
}
# The library falls back to `clone` where this one does not exist.
_ABSENT = {"clone3": (435, 435), "openat2": (437, 437)}
# Files without a name escape whoever counts a folder: name → numbers, which argument has the flags.
_OPENING = {"open": ((2, None), 1), "openat": ((257, 56), 2)}
_UNNAMED_FILE = 0o20000000
# Allowed on this process alone: the first argument must be its own id, or 0 for `prlimit64`.
_ON_SELF = {"kill": (62, 129), "tgkill": (234, 131)}
_ON_SELF_OR_ZERO = {"prlimit64": (302, 261)}

_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}


def restrict() -> bool:
    """Take the listed system calls from this process and its descendants.

    Needs no_new_privs. Returns whether the filter is on: False on an unknown architecture.
    """
    known = _ARCHITECTURES.get(platform.machine())
    if not sys.platform.startswith("linux") or known is None:
        return False
    program = _program(*known, own_id=os.getpid())
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    return int(libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, header, 0, 0)) == 0


def _program(architecture: int, column: int, own_id: int) -> bytes:
    """Return the filter as instructions of 8 bytes."""
    deny = _instruction(_RETURN, 0, 0, _ERRNO | errno.EPERM)
    allow = _instruction(_RETURN, 0, 0, _ALLOW)
    parts = [
        _instruction(_LOAD, 0, 0, _OFFSET_ARCHITECTURE),
        _instruction(_JUMP_EQUAL, 1, 0, architecture),
        _instruction(_RETURN, 0, 0, _KILL),
        _instruction(_LOAD, 0, 0, _OFFSET_NUMBER),
    ]
    if column == 0:
        # The x32 numbers of an x86_64 kernel would go round every rule below.
        parts += [_instruction(_JUMP_GREATER, 0, 1, _X32_BIT), deny]
    absent = _instruction(_RETURN, 0, 0, _ERRNO | errno.ENOSYS)
    parts += [_instruction(_JUMP_GREATER, 0, 1, _FIRST_NEW), absent]
    for numbers in _ABSENT.values():
        parts += [_instruction(_JUMP_EQUAL, 0, 1, numbers[column]), absent]
    for denied in _DENIED.values():
        if (number := denied[column]) is not None:
            parts += [_instruction(_JUMP_EQUAL, 0, 1, number), deny]
    for opening, argument in _OPENING.values():
        if (number := opening[column]) is not None:
            parts += [
                _instruction(_JUMP_EQUAL, 0, 4, number),
                _instruction(_LOAD, 0, 0, _OFFSET_FIRST_ARGUMENT + 8 * argument),
                _instruction(_JUMP_SET, 0, 1, _UNNAMED_FILE),
                deny,
                allow,
            ]
    for names, accepted in ((_ON_SELF, (own_id,)), (_ON_SELF_OR_ZERO, (0, own_id))):
        for numbers in names.values():
            parts += _first_argument_among(numbers[column], accepted, allow, deny)
    return b"".join([*parts, allow])


def _first_argument_among(
    number: int, accepted: tuple[int, ...], allow: bytes, deny: bytes
) -> list[bytes]:
    """Return the rule that lets a call through only with one of these first arguments."""
    compare = [
        piece for value in accepted for piece in (_instruction(_JUMP_EQUAL, 0, 1, value), allow)
    ]
    body = [_instruction(_LOAD, 0, 0, _OFFSET_FIRST_ARGUMENT), *compare, deny]
    return [_instruction(_JUMP_EQUAL, 0, len(body), number), *body]


def _instruction(code: int, if_true: int, if_false: int, value: int) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
