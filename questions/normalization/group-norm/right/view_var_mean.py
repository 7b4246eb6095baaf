# One view of all that shares statistics, from contiguous memory; var_mean and addcmul.
import torch
from torch import nn


class GroupNorm(nn.Module):
    def __init__(self, num_groups, num_channels, eps=1e-5, affine=True):
        super().__init__()
        assert num_channels % num_groups == 0
        self.groups, self.channels, self.eps = num_groups, num_channels, eps
        self.beta = nn.Parameter(torch.zeros(num_channels)) if affine else None
        self.gamma = nn.Parameter(torch.ones(num_channels)) if affine else None

    def forward(self, x):
        assert x.size(1) == self.channels
        wide = x.contiguous()
        wide = wide if wide.dtype == torch.float64 else wide.float()
        rows = wide.view(x.size(0), self.groups, x.shape[1:].numel() // self.groups)
        var, mean = torch.var_mean(rows, dim=-1, correction=0, keepdim=True)
        y = ((rows - mean) * torch.rsqrt(var + self.eps)).view(x.shape)
        if self.gamma is not None:
            column = (self.channels,) + (1,) * (x.dim() - 2)
            y = torch.addcmul(self.beta.view(column), self.gamma.view(column), y)
        return y.type_as(x)
