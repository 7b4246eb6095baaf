"""Pre-activation residual block with a projection shortcut (arXiv:1603.05027, Fig. 4e)."""

import torch.nn.functional as F
from torch import Tensor, nn


class ResidualBlock(nn.Module):
    """BN, ReLU, conv, BN, ReLU, conv on the branch; nothing after the addition."""

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(in_channels)
        # No bias: norm2 subtracts each channel's mean, and a bias of conv1 with it.
        # conv2 needs none either: in a network, every reader of the sum starts with a norm.
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)

        # The identity costs nothing, so project only where the shapes differ.
        # The constructor decides, not x.shape: one input channel would broadcast in silence.
        self.projection: nn.Conv2d | None = None
        if in_channels != out_channels or stride != 1:
            self.projection = nn.Conv2d(in_channels, out_channels, 1, stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        activated = F.relu(self.norm1(x))  # (N, C_in, H, W), shared by the branch and a projection
        branch: Tensor = self.conv1(activated)  # (N, C_out, ⌈H/s⌉, ⌈W/s⌉)
        branch = self.conv2(F.relu(self.norm2(branch)))
        # The identity takes x itself; a projection takes the activated input (He et al. 2016).
        shortcut: Tensor = x if self.projection is None else self.projection(activated)
        # Not `branch += shortcut`: under autocast that would round the sum to the branch's bf16.
        return shortcut + branch
