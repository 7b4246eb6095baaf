# check: epsilon-inside-root
# eps is added to the sum of squares: eps / D is left in the mean.
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
        h = h / norm * self.dim**0.5
        return (h * self.weight).to(x.dtype)
