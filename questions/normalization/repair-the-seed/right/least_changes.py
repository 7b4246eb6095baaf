# The article's own layout, changed where it must be and nowhere else: the flag on self, the std
# squared under the root, a cast on the way in and out; in-place ReLU and all other biases kept.
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, num_features, eps=1e-5, affine=True):
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.learnable = affine
        self.gamma = nn.Parameter(torch.ones(num_features)) if affine else None
        self.beta = nn.Parameter(torch.zeros(num_features)) if affine else None

    def forward(self, x):
        assert x.shape[-1] == self.num_features
        wide = x if x.dtype == torch.float64 else x.float()
        mean = wide.mean(dim=-1, keepdim=True)
        spread = wide.std(dim=-1, keepdim=True, correction=0)
        y = (wide - mean) / (spread**2 + self.eps).sqrt()
        if self.learnable:
            y = y * self.gamma + self.beta
        return y.to(x.dtype)


class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(in_channels)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        self.activation = nn.ReLU(inplace=True)
        self.same_shape = in_channels == out_channels and stride == 1
        if not self.same_shape:
            self.shortcut = nn.Conv2d(in_channels, out_channels, 1, stride=stride)

    def forward(self, x):
        activated = self.activation(self.norm1(x))
        branch = self.conv1(activated)
        branch = self.conv2(self.activation(self.norm2(branch)))
        if self.same_shape:
            return branch + x
        return branch + self.shortcut(activated)
