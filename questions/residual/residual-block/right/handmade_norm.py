# BatchNorm written by hand with var_mean and rsqrt, parameters of shape (1, C, 1, 1), statistics
# in float32 at least.
import torch
import torch.nn.functional as F
from torch import nn


class Norm(nn.Module):
    def __init__(self, channels, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.gamma = nn.Parameter(torch.ones(1, channels, 1, 1))
        self.beta = nn.Parameter(torch.zeros(1, channels, 1, 1))
        self.register_buffer("moving_mean", torch.zeros(1, channels, 1, 1))
        self.register_buffer("moving_var", torch.ones(1, channels, 1, 1))

    def forward(self, x):
        wide = x if x.dtype == torch.float64 else x.float()
        if self.training:
            var, mean = torch.var_mean(wide, dim=(0, 2, 3), correction=0, keepdim=True)
            n = x.numel() // x.shape[1]
            with torch.no_grad():
                self.moving_mean.lerp_(mean.to(self.moving_mean.dtype), self.momentum)
                unbiased = var * n / (n - 1)
                self.moving_var.lerp_(unbiased.to(self.moving_var.dtype), self.momentum)
        else:
            mean, var = self.moving_mean.to(wide.dtype), self.moving_var.to(wide.dtype)
        y = (wide - mean) * torch.rsqrt(var + self.eps)
        return (y * self.gamma + self.beta).to(x.dtype)


class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.norms = nn.ModuleList([Norm(in_channels), Norm(out_channels)])
        self.convs = nn.ModuleList(
            [
                nn.Conv2d(in_channels, out_channels, 3, stride, padding="valid"),
                nn.Conv2d(out_channels, out_channels, 3, padding="same"),
            ]
        )
        self.match = None
        if (in_channels, 1) != (out_channels, stride):
            self.match = nn.Conv2d(in_channels, out_channels, 1, stride)

    def forward(self, x):
        a = self.norms[0](x).relu()
        h = self.convs[0](F.pad(a, (1, 1, 1, 1)))
        h = self.convs[1](self.norms[1](h).relu())
        return h + (x if self.match is None else self.match(a))
