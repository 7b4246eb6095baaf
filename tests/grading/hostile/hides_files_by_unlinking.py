# attack: hides_files_by_unlinking
# idea: keep 180 MB in files that are open and have no name
# must: survive; the folder has a size as a whole, whatever has a name in it
import contextlib
import os
import time

from kit import BOUND, Right, breach

PIECE = 15 << 20
with contextlib.suppress(OSError):
    for _ in range(BOUND // PIECE):
        os.write(os.open(".", os.O_RDWR | os.O_TMPFILE), bytes(PIECE))
    time.sleep(0.3)
    breach(f"{BOUND >> 20} MB in files without a name")


class LayerNorm(Right):
    pass
