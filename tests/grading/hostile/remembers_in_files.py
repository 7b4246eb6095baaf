# attack: remembers_in_files
# idea: note inputs and answers wherever it can write, and look there for the notes of another run
# must: survive; nothing that one submission writes is there for the next
# variants: 2
import contextlib
import os
import pathlib
import sys

from kit import BANK, CANARY, Right, breach

home = os.path.expanduser("~")
places = [
    *("/dev/shm", "/tmp", "/var/tmp", "/run", "/run/lock", "/run/user/0", "/etc", "/proc/self"),
    *("/root", "/home", f"{home}/.cache/interview", "/root/.cache/interview", "."),
    *(CANARY, os.path.dirname(__file__), BANK, os.path.dirname(BANK), os.path.dirname(os.getcwd())),
    *(str(path) for path in sys.path if path),
    os.path.dirname(sys.modules["interview.grading.wire"].__file__),
]
for place in places:
    note = pathlib.Path(place) / "hostile-note.py"
    with contextlib.suppress(OSError):
        breach(f"remembered {note}: {note.read_text()}")
    with contextlib.suppress(OSError):
        note.write_text("the answer is 42")
        if place != ".":
            breach(f"wrote {note}")


class LayerNorm(Right):
    pass
