# check: parameters
# A learned scalar on the branch that starts at 0, as in ReZero.
import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, sublayer, dropout=0.1, norm_first=True):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.sublayer = sublayer
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first
        self.alpha = nn.Parameter(torch.zeros(1))

    def forward(self, x, *args, **kwargs):
        if self.norm_first:
            return x + self.alpha * self.dropout(self.sublayer(self.norm(x), *args, **kwargs))
        return self.norm(x + self.alpha * self.dropout(self.sublayer(x, *args, **kwargs)))
