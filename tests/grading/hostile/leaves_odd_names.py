# attack: leaves_odd_names
# idea: fill the folder with names that are no text, unreadable folders, and links to elsewhere
# must: survive; nothing is left, and no link is followed
import contextlib
import os

from kit import CANARY, Right

with contextlib.suppress(OSError):
    os.mkdir("locked", 0o300)
    os.mkdir("locked/inner", 0)
    for place in (".", "locked"):
        os.symlink(CANARY, f"{place}/folder")
        os.symlink(f"{CANARY}/victim.txt", f"{place}/file")
        os.symlink("loop", f"{place}/loop")
    for name in (b"\xff\xfe", b"\x1b[31m", b"line\nbreak", b"n" * 255):
        with open(name, "wb") as stream:
            stream.write(b"x")
    os.mkdir("shut", 0)


class LayerNorm(Right):
    pass
