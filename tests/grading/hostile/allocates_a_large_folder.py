# attack: allocates_a_large_folder
# idea: reserve 180 MB in files of its own folder, each within the limit of one file
# must: survive; the folder has a size as a whole
import contextlib
import os
import time

from kit import BOUND, Right, breach

PIECE = 15 << 20
with contextlib.suppress(OSError):
    for number in range(BOUND // PIECE):
        os.posix_fallocate(os.open(f"f{number}", os.O_RDWR | os.O_CREAT), 0, PIECE)
    time.sleep(0.3)
    breach(f"{BOUND >> 20} MB in the scratch folder")


class LayerNorm(Right):
    pass
