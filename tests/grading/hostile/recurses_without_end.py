# attack: recurses_without_end
# idea: recurse in Python with the limit lifted, and in C, until the stack overflows
# must: not-pass; the crash is the sandbox's own
# variants: 2
# limit: 0.5
import sys

from kit import VARIANT, Wrong


def again(depth=0):
    return again(depth + 1) + 1


def nest():
    nested = ()
    for _ in range(2_000_000):
        nested = (nested,)
    return hash(nested)


class LayerNorm(Wrong):
    def forward(self, x):
        sys.setrecursionlimit(1 << 30)
        return (again, nest)[VARIANT]()
