# attack: hangs_in_c
# idea: one long C call that no Python-level alarm can interrupt
# must: not-pass; the clock is another process's
# limit: 0.3
import re

from kit import Wrong


class LayerNorm(Wrong):
    def forward(self, x):
        re.match(r"(a+)+$", "a" * 60 + "b")
        return super().forward(x)
