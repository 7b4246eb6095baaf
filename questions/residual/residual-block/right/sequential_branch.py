# Two nn.Sequential, the shared head `enter` and the branch; in-place ReLUs; one bias; out.add.
from torch import nn


class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.branch = nn.Sequential(
            nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1, bias=True),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(inplace=True),
            nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False),
        )
        self.enter = nn.Sequential(nn.BatchNorm2d(in_channels), nn.ReLU(inplace=True))
        self.downsample = None
        if stride > 1 or in_channels != out_channels:
            self.downsample = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, stride=stride, bias=False)
            )

    def forward(self, x):
        h = self.enter(x)
        identity = self.downsample(h) if self.downsample is not None else x
        out = self.branch(h)
        return out.add(identity)
