# attack: remembers_others_in_memory
# idea: search the memory inherited by fork for an earlier submission, or a suite, and use it
# must: survive; whatever forks a sandbox has never read a job, a suite or a submission
# after: a right submission
import ctypes
import re

from kit import Right, breach

# Written in two halves, so that this text is not what is found.
planted = re.compile(b"PLANTED" + rb"_[A-Z]+_[0-9a-f]{12}")
found = set()
with open("/proc/self/maps") as stream:
    maps = [line.split() for line in stream]
for line in maps:
    first, last = (int(part, 16) for part in line[0].split("-"))
    if line[1].startswith("rw") and last - first < 1 << 30 and "[v" not in line[-1]:
        found |= set(planted.findall(ctypes.string_at(first, last - first)))
for one in found:
    breach(f"memory holds {one.decode()}")


class LayerNorm(Right):
    pass
