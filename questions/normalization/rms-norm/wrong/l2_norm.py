# check: unit-rms
# Divides by the L2 norm: the root of the sum, not of the mean.
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.dim = dim
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        if x.shape[-1] != self.dim:
            raise ValueError(f"expected (..., {self.dim}), got {tuple(x.shape)}")
        h = x.to(torch.promote_types(x.dtype, torch.float32))
        norm = torch.sqrt(h.pow(2).sum(-1, keepdim=True) + self.eps)
        h = h / norm
        return (h * self.weight).to(x.dtype)
