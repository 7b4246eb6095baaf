# check: projection-parameters
# Subsamples x and pads the missing channels with zeros: option A of 2015.
import torch.nn.functional as F
from torch import nn


class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(in_channels)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.stride = stride
        self.more_channels = out_channels - in_channels

    def forward(self, x):
        out = self.conv1(F.relu(self.norm1(x)))
        out = self.conv2(F.relu(self.norm2(out)))
        identity = x[:, :, :: self.stride, :: self.stride]
        return out + F.pad(identity, (0, 0, 0, 0, 0, self.more_channels))
