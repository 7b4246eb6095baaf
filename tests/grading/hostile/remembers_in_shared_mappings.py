# attack: remembers_in_shared_mappings
# idea: write into memory that is shared with the server, and look there for another run's note
# must: survive; nothing writable is shared with the process that forks every sandbox
import ctypes

from kit import Right, breach

with open("/proc/self/maps") as stream:
    lines = [line.split() for line in stream]
for line in lines:
    if line[1].startswith("rw") and line[1].endswith("s"):
        first = int(line[0].split("-")[0], 16)
        breach(f"shared and writable: {' '.join(line)}: {ctypes.string_at(first, 8)}")
        ctypes.memmove(first, b"hostile", 7)


class LayerNorm(Right):
    pass
