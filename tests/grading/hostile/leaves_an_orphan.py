# attack: leaves_an_orphan
# idea: start `sleep` in a new session
# must: survive; no process can be started, none is left
import contextlib
import subprocess

from kit import SLEEP, Right

with contextlib.suppress(OSError):
    subprocess.Popen(["sleep", SLEEP], start_new_session=True, stdout=subprocess.DEVNULL)


class LayerNorm(Right):
    pass
