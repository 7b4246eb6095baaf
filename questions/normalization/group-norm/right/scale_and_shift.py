# Folded into one scale and one shift for each sample and channel: y = x · a + b.
import torch
from torch import nn


class GroupNorm(nn.Module):
    def __init__(self, num_groups, num_channels, eps=1e-5, affine=True):
        super().__init__()
        if num_channels % num_groups > 0:
            raise ValueError("groups of unequal size")
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        self.a = nn.Parameter(torch.ones(num_channels)) if affine else None
        self.b = nn.Parameter(torch.zeros(num_channels)) if affine else None

    def forward(self, x):
        n, c = x.shape[:2]
        if c != self.num_channels:
            raise ValueError(f"{c} channels")
        wide = x.to(torch.promote_types(x.dtype, torch.float32))
        rows = wide.reshape(n, self.num_groups, x.shape[1:].numel() // self.num_groups)
        mean = rows.mean(2)
        var = rows.var(2, correction=0)
        size = c // self.num_groups
        scale = torch.rsqrt(var + self.eps).unsqueeze(2).expand(n, self.num_groups, size)
        scale = scale.reshape(n, c)
        centre = mean.unsqueeze(2).expand(n, self.num_groups, size).reshape(n, c)
        if self.a is not None:
            scale = scale * self.a
        shift = -centre * scale
        if self.b is not None:
            shift = shift + self.b
        shape = (n, c) + (1,) * (x.dim() - 2)
        return (wide * scale.view(shape) + shift.view(shape)).to(x.dtype)
