# check: registered
# Layers in a plain list are not registered: not trained, not saved, not moved.
import torch.nn.functional as F
from torch import nn


class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.norms = [nn.BatchNorm2d(in_channels), nn.BatchNorm2d(out_channels)]
        self.convs = [
            nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1, bias=False),
            nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False),
        ]
        self.projection = None
        if stride != 1 or in_channels != out_channels:
            self.projection = nn.Conv2d(in_channels, out_channels, 1, stride=stride, bias=False)

    def forward(self, x):
        shortcut, out = x, x
        for i, (norm, conv) in enumerate(zip(self.norms, self.convs)):
            out = F.relu(norm(out))
            if i == 0 and self.projection is not None:
                shortcut = self.projection(out)
            out = conv(out)
        return shortcut + out
