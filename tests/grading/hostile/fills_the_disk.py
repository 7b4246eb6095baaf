# attack: fills_the_disk
# idea: write 180 MB next to the submission, in somebody else's folder and in its own
# must: survive; the scratch folder has a size, and there is no other
import contextlib
import os
import signal

from kit import BOUND, CANARY, Right

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for folder in (os.path.dirname(os.path.abspath(__file__)), CANARY, os.getcwd()):
    with contextlib.suppress(OSError), open(f"{folder}/fill.bin", "wb") as stream:
        for _ in range(BOUND >> 20):
            stream.write(bytes(1 << 20))


class LayerNorm(Right):
    pass
