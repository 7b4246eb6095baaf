# check: biased-variance
import torch
from torch import nn


class GroupNorm(nn.Module):
    def __init__(self, num_groups, num_channels, eps=1e-5, affine=True):
        super().__init__()
        if num_channels % num_groups != 0:
            raise ValueError("num_channels must be divisible by num_groups")
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        if affine:
            self.weight = nn.Parameter(torch.ones(num_channels))
            self.bias = nn.Parameter(torch.zeros(num_channels))
        else:
            self.weight = None
            self.bias = None

    def forward(self, x):
        if x.shape[1] != self.num_channels:
            raise ValueError(f"expected {self.num_channels} channels, got {x.shape[1]}")
        n, c, *rest = x.shape
        h = x if x.dtype == torch.float64 else x.float()
        h = h.reshape(n, self.num_groups, c // self.num_groups, *rest)
        dims = tuple(range(2, h.dim()))
        mean = h.mean(dims, keepdim=True)
        var = h.var(dims, keepdim=True)
        y = (h - mean) / torch.sqrt(var + self.eps)
        y = y.reshape(x.shape)
        if self.weight is not None:
            shape = (1, c) + (1,) * len(rest)
            y = y * self.weight.view(shape) + self.bias.view(shape)
        return y.to(x.dtype)
