# The registration order conv1, conv2, norm1, norm2; biases everywhere; an in-place ReLU that
# only ever sees the fresh output of a BatchNorm, which is safe.
from torch import nn


class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, 1)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, 1, 1)
        self.norm1 = nn.BatchNorm2d(in_channels)
        self.norm2 = nn.BatchNorm2d(out_channels)
        self.relu = nn.ReLU(inplace=True)
        self.shortcut = (
            nn.Identity()
            if in_channels == out_channels and stride == 1
            else nn.Conv2d(in_channels, out_channels, 1, stride)
        )

    def forward(self, x):
        out = self.relu(self.norm1(x))
        identity = x if isinstance(self.shortcut, nn.Identity) else self.shortcut(out)
        out = self.conv2(self.relu(self.norm2(self.conv1(out))))
        return identity + out
