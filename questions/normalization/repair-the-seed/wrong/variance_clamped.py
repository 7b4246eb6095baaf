# check: epsilon-inside-root
# eps as a floor of the variance instead of a summand.
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, num_features, eps=1e-5, affine=True):
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.learnable = affine
        self.gamma = nn.Parameter(torch.ones(num_features)) if affine else None
        self.beta = nn.Parameter(torch.zeros(num_features)) if affine else None

    def forward(self, x):
        if x.shape[-1] != self.num_features:
            raise ValueError(f"expected (..., {self.num_features}), got {tuple(x.shape)}")
        h = x.to(torch.promote_types(x.dtype, torch.float32))
        mean = h.mean(dim=-1, keepdim=True)
        variance = h.var(dim=-1, keepdim=True, correction=0)
        y = (h - mean) / torch.sqrt(variance.clamp(min=self.eps))
        if self.learnable:
            y = y * self.gamma + self.beta
        return y.to(x.dtype)


class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(in_channels)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        self.activation = nn.ReLU(inplace=True)
        self.projection = None
        if in_channels != out_channels or stride != 1:
            self.projection = nn.Conv2d(in_channels, out_channels, 1, stride, bias=False)

    def forward(self, x):
        out = self.activation(self.norm1(x))
        shortcut = x if self.projection is None else self.projection(out)
        branch = self.conv1(out)
        branch = self.conv2(self.activation(self.norm2(branch)))
        return branch + shortcut
