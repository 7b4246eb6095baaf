# The projection is registered first, conv2 and its bias start at 0 (the block starts as the
# identity), the channels' bias of conv2 is kept, conv1 has none.
import torch.nn.functional as F
from torch import nn


class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        project = in_channels != out_channels or stride != 1
        self.skip = nn.Conv2d(in_channels, out_channels, 1, stride, bias=True) if project else None
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, 1, 1, bias=True)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, 1, bias=False)
        self.bn2, self.bn1 = nn.BatchNorm2d(out_channels), nn.BatchNorm2d(in_channels)
        nn.init.zeros_(self.conv2.weight)
        nn.init.zeros_(self.conv2.bias)

    def forward(self, x):
        pre = F.relu(self.bn1(x), inplace=True)
        mid = F.relu(self.bn2(self.conv1(pre)), inplace=True)
        return (self.skip(pre) if self.skip is not None else x) + self.conv2(mid)
