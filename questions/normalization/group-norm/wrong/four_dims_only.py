# check: any-shape
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
        n, c, height, width = x.shape
        if c != self.num_channels:
            raise ValueError(f"expected {self.num_channels} channels, got {c}")
        h = x if x.dtype == torch.float64 else x.float()
        h = h.reshape(n, self.num_groups, c // self.num_groups, height, width)
        mean = h.mean((2, 3, 4), keepdim=True)
        var = h.var((2, 3, 4), unbiased=False, keepdim=True)
        y = (h - mean) / torch.sqrt(var + self.eps)
        y = y.reshape(n, c, height, width)
        if self.weight is not None:
            y = y * self.weight.view(1, c, 1, 1) + self.bias.view(1, c, 1, 1)
        return y.to(x.dtype)
