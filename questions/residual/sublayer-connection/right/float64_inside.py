# Everything but the sublayer runs in float64, cast back at the end; the sum by stacking.
import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model: int, sublayer, dropout: float = 0.1, norm_first: bool = True):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(d_model))
        self.offset = nn.Parameter(torch.zeros(d_model))
        self.sublayer = sublayer
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def norm(self, x):
        x = x.double()
        var, mean = torch.var_mean(x, -1, correction=0, keepdim=True)
        return (x - mean) * torch.rsqrt(var + 1e-5) * self.gain.double() + self.offset.double()

    def forward(self, x, *args, **kwargs):
        h = self.norm(x).to(x.dtype) if self.norm_first else x
        branch = self.dropout(self.sublayer(h, *args, **kwargs).double())
        y = torch.stack((x.double(), branch)).sum(0)
        return (y if self.norm_first else self.norm(y)).to(x.dtype)
