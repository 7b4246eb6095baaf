# check: any-shape
# Unpacks (B, T, D): other numbers of dimensions raise.
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.dim = dim
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        batch, tokens, width = x.shape
        if width != self.dim:
            raise ValueError(f"expected (..., {self.dim}), got {tuple(x.shape)}")
        h = x.to(torch.promote_types(x.dtype, torch.float32))
        mean_square = (h.pow(2).sum(-1) / width).view(batch, tokens, 1)
        h = h * torch.rsqrt(mean_square + self.eps)
        return (h * self.weight).to(x.dtype)
