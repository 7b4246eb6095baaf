# Own parameters and F.layer_norm, F.dropout: no submodules at all.
import torch
import torch.nn.functional as F
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, sublayer, dropout=0.1, norm_first=True):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.f, self.p, self.pre = sublayer, dropout, norm_first

    def forward(self, x, *args, **kwargs):
        def norm(z):
            return F.layer_norm(z, z.shape[-1:], self.weight, self.bias, 1e-5)

        h = norm(x) if self.pre else x
        y = x + F.dropout(self.f(h, *args, **kwargs), self.p, self.training)
        return y if self.pre else norm(y)
