# check: allowed-calls
# Hands the work to the fused operator.
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
        return F.rms_norm(h, (self.dim,), self.weight, self.eps).to(x.dtype)
