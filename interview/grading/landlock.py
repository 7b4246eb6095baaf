"""Landlock (Linux 5.13+): files, network and signals that this process may still reach.

Kernel documentation: userspace-api/landlock. The system call numbers are the same on every
architecture.
"""

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_RULE_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE = 1 << 14
_MAKE_FILE = 1 << 8
_READ = _READ_FILE | _READ_DIR
# Plain files only, which keep their names: folders, links and sockets would make work for whoever
# cleans up, and a file without a name is not seen by whoever counts them.
_WRITE = _READ | _WRITE_FILE | _MAKE_FILE | _TRUNCATE
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE

# How many access rights to files each version of the interface knows: bits 0 to n − 1.
_FILE_RIGHTS_OF_VERSION = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16, 6: 16}
_NETWORK_FROM_VERSION, _BIND_AND_CONNECT_TCP = 4, 0b11
_SCOPES_FROM_VERSION, _ABSTRACT_SOCKETS_AND_SIGNALS = 6, 0b11


class _RulesetAttributes(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def version() -> int:
    """Return the version of the kernel's interface; 0 where there is none."""
    return max(_system_call(_CREATE_RULESET, None, 0, _VERSION_FLAG), 0)


def restrict(*, readable: Iterable[Path], writable: Iterable[Path]) -> bool:
    """Leave this process and its descendants these paths and what lies below them.

    TCP, signals to other processes and abstract sockets are closed as well where the kernel can.
    Needs no_new_privs. Returns whether the restriction is on.
    """
    known = version()
    if not known:
        return False
    rights = (1 << _FILE_RIGHTS_OF_VERSION.get(known, 16)) - 1
    attributes = _RulesetAttributes(
        rights,
        _BIND_AND_CONNECT_TCP if known >= _NETWORK_FROM_VERSION else 0,
        _ABSTRACT_SOCKETS_AND_SIGNALS if known >= _SCOPES_FROM_VERSION else 0,
    )
    size = 24 if known >= _SCOPES_FROM_VERSION else 16 if known >= _NETWORK_FROM_VERSION else 8
    ruleset = _system_call(_CREATE_RULESET, ctypes.byref(attributes), size, 0)
    if ruleset < 0:
        return False
    try:
        for path in readable:
            _allow(ruleset, path, _READ & rights)
        for path in writable:
            _allow(ruleset, path, _WRITE & rights)
        return _system_call(_RESTRICT_SELF, ruleset, 0, 0) == 0
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, access: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        granted = access if path.is_dir() else access & _FILE_RIGHTS
        rule = _PathBeneath(granted, descriptor)
        _system_call(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(descriptor)


def _system_call(number: int, *arguments: object) -> int:
    return int(ctypes.CDLL(None, use_errno=True).syscall(number, *arguments))
