# attack: acts_at_the_end
# idea: leave work to atexit, __del__, signal handlers and gc callbacks
# must: survive; when the judge is done, nothing of the submission runs
import atexit
import gc
import os
import signal
import sys

from kit import CANARY, Right


def act(*args):
    try:
        with open(f"{CANARY}/late", "w") as stream:
            stream.write("acted")
    except OSError:
        pass


class Late:
    def __del__(self):
        act()


atexit.register(act)
gc.callbacks.append(act)
sys.late, sys.excepthook = Late(), act
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGXCPU, signal.SIGPIPE):
    signal.signal(number, act)
os.register_at_fork(before=act)


class LayerNorm(Right):
    pass
