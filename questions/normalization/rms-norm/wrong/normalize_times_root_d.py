# check: epsilon-inside-root
# F.normalize uses eps as a floor of the norm; it adds nothing.
import torch
import torch.nn.functional as F
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
        h = F.normalize(h, dim=-1, eps=self.eps) * self.dim**0.5
        return (h * self.weight).to(x.dtype)
