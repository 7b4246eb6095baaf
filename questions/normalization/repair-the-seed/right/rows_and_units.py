# LayerNorm flattens to a matrix of rows and multiplies by a diagonal matrix; the block is made of
# BN-ReLU-conv units, starts as the identity (conv2 is zero), and copies x for the shortcut.
import torch
import torch.nn.functional as F
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, num_features, eps=1e-5, affine=True):
        super().__init__()
        self.eps = eps
        self.size = num_features
        self.offset = nn.Parameter(torch.zeros(num_features)) if affine else None
        self.diagonal = nn.Parameter(torch.ones(num_features)) if affine else None

    def forward(self, x):
        if x.shape[-1] != self.size:
            raise ValueError("last dimension")
        rows = x.reshape(-1, self.size)
        rows = rows.float() if rows.element_size() < 4 else rows
        centring = torch.eye(self.size, dtype=rows.dtype, device=x.device) - 1 / self.size
        # Subtracting the first entry changes nothing and keeps the product small.
        rows = (rows - rows[:, :1]) @ centring
        rows = rows / torch.linalg.vector_norm(rows, dim=1, keepdim=True).square().div(
            self.size
        ).add(self.eps).sqrt()
        if self.diagonal is not None:
            rows = rows @ torch.diag(self.diagonal).to(rows.dtype) + self.offset
        return rows.reshape(x.shape).to(x.dtype)


class Unit(nn.Module):
    def __init__(self, cin, cout, stride, bias):
        super().__init__()
        self.bn = nn.BatchNorm2d(cin)
        self.conv = nn.Conv2d(cin, cout, 3, stride, 1, bias=bias)

    def activate(self, x):
        return F.relu_(self.bn(x))


class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.first = Unit(in_channels, out_channels, stride, bias=False)
        self.last = Unit(out_channels, out_channels, 1, bias=True)
        nn.init.zeros_(self.last.conv.weight)
        nn.init.zeros_(self.last.conv.bias)
        self.project = nn.ModuleList()
        if not in_channels == out_channels or not stride == 1:
            self.project.append(nn.Conv2d(in_channels, out_channels, 1, stride))

    def forward(self, x):
        identity = x.clone()
        activated = self.first.activate(x)
        for layer in self.project:
            identity = layer(activated)
        branch = self.first.conv(activated)
        branch = self.last.conv(self.last.activate(branch))
        identity += branch
        return identity
