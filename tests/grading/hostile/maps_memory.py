# attack: maps_memory
# idea: take 3 GiB of shared anonymous memory, of memory files, and of address space beyond
# must: survive; no process of the grader grows beyond 2 GiB
import contextlib
import mmap
import os

from kit import Right, breach

kept = []
with contextlib.suppress(OSError, ValueError, MemoryError):
    for _ in range(6):
        populated = mmap.MAP_SHARED | mmap.MAP_ANONYMOUS | mmap.MAP_POPULATE
        kept.append(mmap.mmap(-1, 512 << 20, flags=populated))
with contextlib.suppress(OSError):
    os.ftruncate(os.memfd_create("hidden"), 3 << 30)
    breach("a memory file")
with contextlib.suppress(OSError, ValueError, OverflowError):
    mmap.mmap(-1, 1 << 42)
    breach("4 TiB of address space")
kept.clear()


class LayerNorm(Right):
    pass
