# attack: hides_files_in_depth
# idea: keep 180 MB under a path that is longer than a path may be
# must: survive; the folder has a size as a whole, and is cleared away
import contextlib
import os
import time

from kit import BOUND, Right, breach

PIECE = 15 << 20
with contextlib.suppress(OSError):
    for _ in range(30):
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
    for number in range(BOUND // PIECE):
        with open(f"f{number}", "wb") as stream:
            stream.write(bytes(PIECE))
    time.sleep(0.3)
    breach(f"{BOUND >> 20} MB at a depth of 6,000 characters")


class LayerNorm(Right):
    pass
