# check: half-statistics
# The square is taken in the dtype of the input.
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
        h = x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps)
        return (h * self.weight).to(x.dtype)
