# Everything in float64, whatever comes in; cast back at the end.
import torch
from torch import nn


class GroupNorm(nn.Module):
    def __init__(self, num_groups, num_channels, eps=1e-5, affine=True):
        super().__init__()
        if num_channels % num_groups != 0:
            raise ValueError("num_channels % num_groups != 0")
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(num_channels)) if affine else None
        self.bias = nn.Parameter(torch.zeros(num_channels)) if affine else None

    def forward(self, x):
        if x.shape[1] != self.num_channels:
            raise ValueError(x.shape[1])
        per_group = self.num_channels // self.num_groups
        y = x.to(torch.float64).reshape(x.shape[0], self.num_groups, per_group, *x.shape[2:])
        axes = list(range(2, y.ndim))
        y = y - y.mean(dim=axes, keepdim=True)
        y = y / torch.sqrt((y**2).mean(dim=axes, keepdim=True) + self.eps)
        y = y.reshape(x.shape)
        if self.weight is not None:
            index = (slice(None),) + (None,) * (x.ndim - 2)
            y = y * self.weight.double()[index] + self.bias.double()[index]
        return y.to(x.dtype)
