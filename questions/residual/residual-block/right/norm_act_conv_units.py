# A reusable BN-ReLU-conv unit with raw parameters of its own; the sum by torch.stack.
import torch
import torch.nn.functional as F
from torch import nn


class NormActConv(nn.Module):
    """BN, ReLU and a list of convolutions that all read the activated input."""

    def __init__(self, in_channels, out_channels, kernels, stride=1):
        super().__init__()
        self.bn = nn.BatchNorm2d(in_channels, eps=1e-5, momentum=0.1)
        self.stride = stride
        self.weights = nn.ParameterList(
            nn.Parameter(
                torch.randn(out_channels, in_channels, k, k) * (2 / (in_channels * k * k)) ** 0.5
            )
            for k in kernels
        )
        self.biases = nn.ParameterList(nn.Parameter(torch.zeros(out_channels)) for _ in kernels)

    def forward(self, x):
        a = F.threshold(self.bn(x), 0.0, 0.0)
        return [
            F.conv2d(a, w, b, stride=self.stride, padding=w.shape[-1] // 2)
            for w, b in zip(self.weights, self.biases)
        ]


class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.keeps_shape = in_channels == out_channels and stride == 1
        kernels = (3,) if self.keeps_shape else (1, 3)
        self.head = NormActConv(in_channels, out_channels, kernels, stride)
        self.tail = NormActConv(out_channels, out_channels, (3,))

    def forward(self, x):
        *projected, hidden = self.head(x)
        (branch,) = self.tail(hidden)
        shortcut = x if self.keeps_shape else projected[0]
        return torch.stack([shortcut, branch]).sum(dim=0)
