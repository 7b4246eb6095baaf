# attack: opens_files_without_end
# idea: open files and pipes until no more can be, and keep them
# must: survive; only the sandbox runs out of descriptors
import os

from kit import Right

kept = []
try:
    while len(kept) < 10_000:
        kept += os.pipe()
        kept.append(os.open("/dev/null", os.O_RDONLY))
except OSError:
    pass


class LayerNorm(Right):
    pass
