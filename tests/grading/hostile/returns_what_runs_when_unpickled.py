# attack: returns_what_runs_when_unpickled
# idea: return an object whose unpickling runs code
# must: not-pass; nothing is ever unpickled
import os

from kit import CANARY, Wrong


class Trap:
    def __reduce__(self):
        return os.system, (f"touch {CANARY}/pickled",)


class LayerNorm(Wrong):
    def forward(self, x):
        return Trap()
