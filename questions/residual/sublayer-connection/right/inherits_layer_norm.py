# A subclass of nn.LayerNorm: the norm is the module itself; args and kwargs bound with partial.
from functools import partial

from torch import nn


class SublayerConnection(nn.LayerNorm):
    def __init__(self, d_model, sublayer, dropout=0.1, norm_first=True):
        super().__init__(d_model)
        self.wrapped = sublayer
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, /, *args, **kwargs):
        f = partial(self.wrapped, **kwargs)
        norm = super().forward
        before, after = (norm, lambda z: z) if self.norm_first else (lambda z: z, norm)
        return after(self.dropout(f(before(x), *args)) + x)
