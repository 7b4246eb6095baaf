# A Python loop over the groups, cut off with chunk and put together with cat.
import torch
from torch import nn


class GroupNorm(nn.Module):
    def __init__(self, num_groups, num_channels, eps=1e-5, affine=True):
        super().__init__()
        size, rest = divmod(num_channels, num_groups)
        if rest:
            raise ValueError("num_groups does not divide num_channels")
        self.num_groups, self.size, self.eps = num_groups, size, eps
        self.weight = nn.Parameter(torch.ones(num_channels)) if affine else None
        self.bias = nn.Parameter(torch.zeros(num_channels)) if affine else None

    def one_group(self, group):
        over = tuple(range(1, group.dim()))
        centred = group - group.mean(over, keepdim=True)
        return centred / (centred.pow(2).mean(over, keepdim=True) + self.eps).sqrt()

    def forward(self, x):
        if x.shape[1] != self.num_groups * self.size:
            raise ValueError("number of channels")
        h = x.to(torch.promote_types(x.dtype, torch.float32))
        y = torch.cat([self.one_group(group) for group in h.chunk(self.num_groups, 1)], 1)
        if self.weight is not None:
            extra = [1] * (x.dim() - 2)
            y = y * self.weight.reshape(-1, *extra) + self.bias.reshape(-1, *extra)
        return y.to(x.dtype)
