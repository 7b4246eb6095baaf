# attack: maps_memory
# idea: take 3 GiB of shared anonymous memory, of memory files, and of address space beyond
# must: survive; no process of the grader grows beyond 2 GiB
import contextlib
import mmap
import os

from kit import Right, breach

kept = []
with contextlib.suppress(OSError, ValueError, MemoryError):
    for _ in range(12):
        kept.append(mmap.mmap(-1, 256 << 20))
        kept[-1].write(bytes(256 << 20))
with contextlib.suppress(OSError):
    os.ftruncate(os.memfd_create("hidden"), 3 << 30)
    breach("a memory file")
with contextlib.suppress(OSError, ValueError, OverflowError):
    mmap.mmap(-1, 1 << 42)
    breach("4 TiB of address space")
kept.clear()


class LayerNorm(Right):
    pass
