"""一篇面试文章里的代码，等你修好。The code of an interview article, to be mended."""

import torch
from torch import Tensor, nn


class LayerNorm(nn.Module):
    """Layer normalization over the last dimension. 对最后一维做层归一化。

    y = (x − μ) / √(σ² + ε) · γ + β

    - x: (..., num_features); y has its shape and dtype | y 的形状和 dtype 与 x 相同
    - γ, β: only if affine | 仅当 affine 为真时才有
    """

    def __init__(self, num_features: int, eps: float = 1e-5, affine: bool = True) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        learnable = affine
        self.gamma = nn.Parameter(torch.ones(num_features)) if learnable else None
        self.beta = nn.Parameter(torch.zeros(num_features)) if learnable else None

    def forward(self, x: Tensor) -> Tensor:
        mean = x.mean(dim=-1, keepdim=True)
        spread = x.std(dim=-1, keepdim=True)
        y = (x - mean) / (spread + self.eps)
        if learnable:
            y = y * self.gamma + self.beta
        return y


class ResidualBlock(nn.Module):
    """Pre-activation residual block. 预激活残差块。

    a = ReLU(BN1(x));  y = shortcut + conv2(ReLU(BN2(conv1(a))))

    - x: (N, in_channels, H, W); y: (N, out_channels, ⌈H / stride⌉, ⌈W / stride⌉)
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(in_channels)
        self.conv1 = nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1)
        self.norm2 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, kernel_size=3, padding=1)
        self.activation = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        branch = self.conv1(self.activation(self.norm1(x)))
        branch = self.conv2(self.activation(self.norm2(branch)))
        branch += x
        return branch
