# check: any-shape
# .view(-1, D) needs contiguous memory.
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
        h = x.view(-1, self.dim)
        h = h.to(torch.promote_types(x.dtype, torch.float32))
        h = h * torch.rsqrt(h.pow(2).mean(-1, keepdim=True) + self.eps)
        return (h * self.weight).to(x.dtype).view(x.shape)
