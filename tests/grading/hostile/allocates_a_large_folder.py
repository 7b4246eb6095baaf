# attack: allocates_a_large_folder
# idea: reserve 180 MB in its own folder, each file within the limit of one; or make 10,000 files
# must: survive; the folder has a size as a whole
# variants: 2
import contextlib
import os
import time

from kit import BOUND, VARIANT, Right, breach

PIECE = 15 << 20
with contextlib.suppress(OSError):
    for number in range((BOUND // PIECE, 10_000)[VARIANT]):
        file = os.open(f"f{number}", os.O_RDWR | os.O_CREAT)
        if VARIANT == 0:
            os.posix_fallocate(file, 0, PIECE)
        os.close(file)
    time.sleep(0.3)
    breach("a folder without a limit")


class LayerNorm(Right):
    pass
