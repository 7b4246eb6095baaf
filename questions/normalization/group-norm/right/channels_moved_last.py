# Channels moved to the end, where the last dimension is split into (G, C/G).
import torch
from torch import nn


class GroupNorm(nn.Module):
    def __init__(self, num_groups, num_channels, eps=1e-5, affine=True):
        super(GroupNorm, self).__init__()
        if num_channels // num_groups * num_groups != num_channels:
            raise ValueError("groups")
        self.shape = (num_groups, num_channels // num_groups)
        self.eps = eps
        self.params = nn.ParameterDict()
        if affine:
            self.params["gain"] = nn.Parameter(torch.ones(num_channels))
            self.params["offset"] = nn.Parameter(torch.zeros(num_channels))

    def forward(self, x):
        g, size = self.shape
        if x.shape[1] != g * size:
            raise ValueError("channels")
        last = x.movedim(1, -1)
        h = last.double() if x.dtype == torch.float64 else last.float()
        h = h.unflatten(-1, self.shape)
        space = tuple(range(1, h.dim() - 2))
        total = h[0].numel() // g if len(h) else 1
        mean = h.sum((*space, -1), keepdim=True) / total
        power = (h - mean).square().sum((*space, -1), keepdim=True) / total
        h = ((h - mean) / (power + self.eps).sqrt()).flatten(-2)
        if len(self.params):
            h = h * self.params["gain"] + self.params["offset"]
        return h.movedim(-1, 1).to(x.dtype)
