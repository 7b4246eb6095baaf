# Means as einsum over the features; the eps as a tensor of x's own device.
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, num_features, eps=1e-5, affine=True):
        super().__init__()
        self.d, self.eps = num_features, eps
        for name, value in (("g", torch.ones), ("b", torch.zeros)):
            self.register_parameter(name, nn.Parameter(value(num_features)) if affine else None)

    def forward(self, x):
        if x.shape[-1] != self.d:
            raise ValueError(f"{x.shape[-1]} != {self.d}")
        h = x.double() if x.dtype == torch.float64 else x.float()
        h = h - torch.einsum("...d->...", h).div(self.d).unsqueeze(-1)
        power = torch.einsum("...d,...d->...", h, h).div(self.d).unsqueeze(-1)
        h = h / (power + h.new_tensor(self.eps)).sqrt()
        if self.g is not None:
            h = torch.einsum("...d,d->...d", h, self.g.to(h.dtype)) + self.b
        return h.to(x.dtype)
