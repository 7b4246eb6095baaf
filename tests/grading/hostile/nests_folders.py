# attack: nests_folders
# idea: leave 1,900 folders within one another, too deep for whoever clears them away
# must: survive; nothing is left, and the next submission is graded as ever
import contextlib
import os

from kit import Right

with contextlib.suppress(OSError):
    for _ in range(1_900):
        os.mkdir("d")
        os.chdir("d")


class LayerNorm(Right):
    pass
