# attack: raises_what_never_ends
# idea: raise an exception whose text never ends being built
# must: not-pass; the judge's clock runs whatever the submission does
# limit: 0.3
from kit import Wrong


class Endless(Exception):
    def __str__(self):
        while True:
            pass

    __repr__ = __str__


class LayerNorm(Wrong):
    def forward(self, x):
        raise Endless
