# check: dropout-rate
# The mask keeps the share that should be dropped.
import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, sublayer, dropout=0.1, norm_first=True):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.sublayer = sublayer
        self.p = dropout
        self.norm_first = norm_first

    def forward(self, x, *args, **kwargs):
        if self.norm_first:
            return x + self.drop(self.sublayer(self.norm(x), *args, **kwargs))
        return self.norm(x + self.drop(self.sublayer(x, *args, **kwargs)))

    def drop(self, h):
        if not self.training or self.p == 0:
            return h
        if self.p == 1:
            return torch.zeros_like(h)
        return h * (torch.rand_like(h) < self.p) / (1 - self.p)
