# The statistics of a group are repeated for each of its channels, and x is never split.
import torch
from torch import nn


class GroupNorm(nn.Module):
    def __init__(self, num_groups, num_channels, eps=1e-5, affine=True):
        super().__init__()
        if num_channels % num_groups:
            raise ValueError("not divisible")
        self.size = num_channels // num_groups
        self.num_groups, self.num_channels, self.eps = num_groups, num_channels, eps
        weights = [torch.ones(num_channels), torch.zeros(num_channels)] if affine else []
        self.affine = nn.ParameterList([nn.Parameter(one) for one in weights])

    def of_group(self, values):
        """Mean over the group's channels of (N, C, 1, ...), for each of its channels again."""
        means = values.unflatten(1, (self.num_groups, self.size)).mean(2)
        return means.repeat_interleave(self.size, 1)

    def forward(self, x):
        if x.shape[1] != self.num_channels:
            raise ValueError("wrong number of channels")
        h = x if x.dtype == torch.float64 else x.float()
        space = tuple(range(2, x.dim()))
        spatial = (lambda t: t.mean(space, keepdim=True)) if space else (lambda t: t)
        h = h - self.of_group(spatial(h))
        h = h * (self.of_group(spatial(h * h)) + self.eps) ** -0.5
        for number, one in enumerate(self.affine):
            one = one.view(-1, *(1 for _ in space))
            h = h * one if number == 0 else h + one
        return h.to(x.dtype)
