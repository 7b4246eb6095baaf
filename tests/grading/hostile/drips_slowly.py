# attack: drips_slowly
# idea: stay below every limit of one call but be slow on each of many calls
# must: not-pass; there is one deadline for all calls together
# limit: 0.3
import time

from kit import Right


class LayerNorm(Right):
    def forward(self, x):
        time.sleep(0.1)
        return super().forward(x)
