# attack: keeps_the_disk_busy
# idea: create and delete files as fast as the folder is looked at
# must: survive; whoever looks bears that what was there is gone
import contextlib
import os
import shutil
import time

from kit import Right

until = time.monotonic() + 0.3
with contextlib.suppress(OSError):
    while time.monotonic() < until:
        os.makedirs("a/b/c/d")
        for number in range(20):
            os.close(os.open(f"a/b/f{number}", os.O_CREAT))
        shutil.rmtree("a")


class LayerNorm(Right):
    pass
