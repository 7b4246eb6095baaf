"""The two classes of the article, mended: layer normalization and a pre-activation block."""

import torch
from torch import Tensor, nn


class LayerNorm(nn.Module):
    """y = (x − μ) / √(σ² + ε) · γ + β, with μ and σ² of each row's own D features."""

    gamma: nn.Parameter | None
    beta: nn.Parameter | None

    def __init__(self, num_features: int, eps: float = 1e-5, affine: bool = True) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        # The parameters themselves tell forward whether there are any: no flag to lose.
        gamma = nn.Parameter(torch.ones(num_features)) if affine else None
        beta = nn.Parameter(torch.zeros(num_features)) if affine else None
        self.register_parameter("gamma", gamma)  # None is registered too: absent, but known
        self.register_parameter("beta", beta)

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[-1] != self.num_features:  # a size of 1 would broadcast without a word
            raise ValueError(f"expected last dimension {self.num_features}, got {tuple(x.shape)}")
        # Half precision rounds the mean and overflows the squares; float64 stays float64.
        wide = x.to(torch.promote_types(x.dtype, torch.float32))
        variance, mean = torch.var_mean(wide, dim=-1, correction=0, keepdim=True)  # ÷ D
        y = (wide - mean) * torch.rsqrt(variance + self.eps)  # ε inside the root
        if self.gamma is not None and self.beta is not None:
            y = y * self.gamma + self.beta
        return y.to(x.dtype)  # float32 statistics and parameters have promoted it


class ResidualBlock(nn.Module):
    """BN, ReLU, conv, BN, ReLU, conv on the branch; nothing after the addition."""

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(in_channels)
        # No bias: norm2 would subtract it again, with the mean of its channel.
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        # In place is safe here: it overwrites what a norm has just made, and the backward of a
        # norm needs its input, not its output.
        self.activation = nn.ReLU(inplace=True)

        # The constructor decides, not whether the sum raises: one channel would broadcast.
        self.projection: nn.Conv2d | None = None
        if in_channels != out_channels or stride != 1:
            self.projection = nn.Conv2d(in_channels, out_channels, 1, stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        activated = self.activation(self.norm1(x))  # (N, C_in, H, W), for branch and projection
        branch: Tensor = self.conv1(activated)  # (N, C_out, ⌈H/s⌉, ⌈W/s⌉)
        branch = self.conv2(self.activation(self.norm2(branch)))
        shortcut: Tensor = x if self.projection is None else self.projection(activated)
        return shortcut + branch  # `branch += shortcut` would keep bfloat16 under autocast
