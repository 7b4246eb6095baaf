# check: own-sample
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
        self.register_buffer("running_mean", torch.zeros(num_groups))
        self.register_buffer("running_var", torch.ones(num_groups))

    def forward(self, x):
        if x.shape[1] != self.num_channels:
            raise ValueError(f"expected {self.num_channels} channels, got {x.shape[1]}")
        n, c, *rest = x.shape
        h = x if x.dtype == torch.float64 else x.float()
        h = h.reshape(n, self.num_groups, c // self.num_groups, *rest)
        dims = tuple(range(2, h.dim()))
        if self.training:
            mean = h.mean(dims, keepdim=True)
            var = h.var(dims, unbiased=False, keepdim=True)
            with torch.no_grad():
                batch_mean = mean.mean(0).flatten().to(self.running_mean.dtype)
                batch_var = var.mean(0).flatten().to(self.running_var.dtype)
                self.running_mean.lerp_(batch_mean, 0.1)
                self.running_var.lerp_(batch_var, 0.1)
        else:
            shape = (1, -1) + (1,) * len(dims)
            mean, var = self.running_mean.view(shape), self.running_var.view(shape)
        y = (h - mean) / torch.sqrt(var + self.eps)
        y = y.reshape(x.shape)
        if self.weight is not None:
            shape = (1, c) + (1,) * len(rest)
            y = y * self.weight.view(shape) + self.bias.view(shape)
        return y.to(x.dtype)
