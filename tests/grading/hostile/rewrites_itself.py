# attack: rewrites_itself
# idea: replace its own source with an innocent solution after being loaded
# must: survive; the submission's own file is as safe as any
import contextlib
import pathlib

from kit import Right

with contextlib.suppress(OSError):
    pathlib.Path(__file__).write_text("# innocent\n")


class LayerNorm(Right):
    pass
