# Which channels share a group is written down as a matrix; means as einsum with it.
import torch
from torch import nn


class GroupNorm(nn.Module):
    def __init__(self, num_groups, num_channels, eps=1e-5, affine=True):
        super().__init__()
        if num_channels % num_groups:
            raise ValueError((num_groups, num_channels))
        self.g, self.c, self.eps = num_groups, num_channels, eps
        for name, value in (("scale", torch.ones), ("shift", torch.zeros)):
            self.register_parameter(name, nn.Parameter(value(num_channels)) if affine else None)

    def forward(self, x):
        if x.shape[1] != self.c:
            raise ValueError(tuple(x.shape))
        h = x.to(torch.promote_types(x.dtype, torch.float32)).flatten(2) if x.dim() > 2 else (
            x.to(torch.promote_types(x.dtype, torch.float32)).unsqueeze(-1)
        )
        group = torch.arange(self.c, device=x.device) // (self.c // self.g)
        same = (group[:, None] == group[None, :]).to(h.dtype)
        count = self.c // self.g * h.shape[-1]
        mean = torch.einsum("dc,ncl->nd", same, h) / count
        h = h - mean[..., None]
        power = torch.einsum("dc,ncl,ncl->nd", same, h, h) / count
        h = h / torch.sqrt(power + self.eps)[..., None]
        if self.scale is not None:
            h = torch.einsum("ncl,c->ncl", h, self.scale) + self.shift[:, None]
        return h.reshape(x.shape).to(x.dtype)
