"""What was parsed last time, so that only files that changed are parsed again.

One file for each bank: a line of JSON that says by whom and for what it was written, an index of
the question files, and the plain values of each question as JSON, so that one question can be
read without the others. It can always be rebuilt: whatever is wrong with it, it is as if it were
not there.
"""

import contextlib
import json
import os
import sys
import time
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from interview import __version__
from interview.bank.scan import Found
from interview.paths import cache_folder

FORMAT = 1

# A file changed twice within one tick of a coarse clock shows the same time: too young to trust.
SETTLED = 2_000_000_000  # nanoseconds


class Entry(NamedTuple):
    """The values of one question file as JSON, and what the file looked like when it was read."""

    modified: int
    size: int
    values: bytes | memoryview

    def fits(self, found: Found) -> bool:
        """Return whether the file is still the one that was read."""
        return self.modified == found.modified and self.size == found.size

    def decoded(self) -> dict[str, Any]:
        """Return the plain values."""
        values: dict[str, Any] = json.loads(bytes(self.values))
        return values


def encode(values: Mapping[str, Any]) -> bytes:
    """Return plain values as JSON."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def read_cache(root: Path) -> dict[str, Entry]:
    """Return the entries for the bank in `root` by file name, none without a usable cache."""
    try:
        data = memoryview(_file_of(root).read_bytes())
        header_end = bytes(data[:_LONGEST_HEADER]).index(b"\n")
        header = json.loads(bytes(data[:header_end]))
        body = data[header_end + 1 :]
        if header["written_by"] != _writer(root) or header["checksum"] != zlib.crc32(body):
            return {}
        return _entries(body, header["index"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


_LONGEST_HEADER = 1 << 14  # bytes; the header holds a path, which no system lets grow longer


def _entries(body: memoryview, index_size: int) -> dict[str, Entry]:
    offset = index_size
    entries = {}
    for name, modified, size, length in json.loads(bytes(body[:index_size])):
        entries[name] = Entry(modified, size, body[offset : offset + length])
        offset += length
    return entries


def write_cache(root: Path, entries: Mapping[str, Entry]) -> None:
    """Store the entries of files that have settled; where that fails, nothing is lost."""
    settled = time.time_ns() - SETTLED
    kept = {name: entry for name, entry in entries.items() if entry.modified < settled}
    index = json.dumps(
        [[name, one.modified, one.size, len(one.values)] for name, one in kept.items()]
    )
    body = index.encode() + b"".join(one.values for one in kept.values())
    header = {"written_by": _writer(root), "index": len(index), "checksum": zlib.crc32(body)}
    with contextlib.suppress(OSError):
        _replace(_file_of(root), json.dumps(header).encode() + b"\n" + body)


def _replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    import tempfile

    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _file_of(root: Path) -> Path:
    # Should two banks share a name, each finds the other's file unusable and rebuilds it.
    return cache_folder() / f"bank-{zlib.crc32(str(root.resolve()).encode()):08x}"


def _writer(root: Path) -> list[Any]:
    """Return what a cache must have been written by and for to be of use."""
    return [FORMAT, __version__, _code_age(), sys.version, str(root.resolve())]


def _code_age() -> int:
    """Return when this package's code last changed: a changed parser gives other values."""
    try:
        with os.scandir(Path(__file__).parent) as found:
            return max(one.stat().st_mtime_ns for one in found if one.name.endswith(".py"))
    except (OSError, ValueError):
        return 0
