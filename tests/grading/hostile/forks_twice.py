# attack: forks_twice
# idea: double fork and setsid, so that the orphan belongs to nobody
# must: survive; no process can be started, none is left
import os

from kit import SLEEP, Right

try:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execvp("sleep", ["sleep", SLEEP])
        os._exit(0)
except OSError:
    pass


class LayerNorm(Right):
    pass
