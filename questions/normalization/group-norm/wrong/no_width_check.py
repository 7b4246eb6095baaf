# check: wrong-width
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
        n, c, *rest = x.shape
        h = x if x.dtype == torch.float64 else x.float()
        h = h.reshape(n, self.num_groups, x.shape[1:].numel() // self.num_groups)
        dims = tuple(range(2, h.dim()))
        mean = h.mean(dims, keepdim=True)
        var = h.var(dims, unbiased=False, keepdim=True)
        y = (h - mean) / torch.sqrt(var + self.eps)
        y = y.reshape(x.shape)
        if self.weight is not None:
            shape = (1, self.num_channels) + (1,) * len(rest)
            y = y * self.weight.view(shape) + self.bias.view(shape)
        return y.to(x.dtype)
