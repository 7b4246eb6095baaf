# attack: answers_late
# idea: answer rightly, a moment after the time is over
# must: not-pass; after the deadline nobody listens
# limit: 0.3
import time

from kit import Right


class LayerNorm(Right):
    def forward(self, x):
        time.sleep(0.5)
        return super().forward(x)
