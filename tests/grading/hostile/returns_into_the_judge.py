# attack: returns_into_the_judge
# idea: disarm os._exit and unwind into the frames of the judge that forked this process
# must: not-pass; the judge's code in this process has lost the judge's descriptors and rights
# limit: 0.3
import os
import sys

from kit import Wrong


def harmless(*args):
    return None


os._exit = sys.exit = harmless
honest = sys.modules["interview.grading.wire"]
honest.send = harmless


class Over(honest.WireClosed):
    pass


def over(*args):
    raise Over


class LayerNorm(Wrong):
    def forward(self, x):
        honest.receive = over
        return super().forward(x)
