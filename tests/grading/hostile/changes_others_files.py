# attack: changes_others_files
# idea: delete, truncate, plant, link, rename and re-permit somebody else's files
# must: survive; no file outside the scratch folder can be changed
import contextlib
import os

from kit import CANARY, Right

SECRET, VICTIM, PLANTED = (f"{CANARY}/{name}" for name in ("secret.txt", "victim.txt", "planted"))
for change in (
    lambda: os.unlink(VICTIM),
    lambda: os.truncate(VICTIM, 0),
    lambda: os.mkdir(PLANTED),
    lambda: os.link(VICTIM, PLANTED),
    lambda: os.link(VICTIM, "stolen"),
    lambda: os.symlink("/", PLANTED),
    lambda: os.mkfifo(PLANTED),
    lambda: os.rename(VICTIM, PLANTED),
    lambda: os.rename(VICTIM, "stolen"),
    lambda: os.replace(os.getcwd(), PLANTED),
    lambda: os.chmod(SECRET, 0o777),
    lambda: os.chown(SECRET, -1, os.getgid()),
    lambda: os.utime(SECRET, (0, 0)),
    lambda: os.setxattr(SECRET, "user.hostile", b"1"),
    lambda: os.close(os.open(VICTIM, os.O_WRONLY | os.O_TRUNC)),
    lambda: os.close(os.open(PLANTED, os.O_WRONLY | os.O_CREAT)),
):
    with contextlib.suppress(OSError):
        change()


class LayerNorm(Right):
    pass
