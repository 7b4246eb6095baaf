# im2col: kernels are matrices (out, 9·in), multiplied with the unfolded patches.
import torch
import torch.nn.functional as F
from torch import nn


def conv3x3(x, weight, stride=1):
    n, _, h, w = x.shape
    patches = F.unfold(x, 3, padding=1, stride=stride)  # (N, 9·C, L)
    out = weight @ patches
    return out.reshape(n, weight.shape[0], (h - 1) // stride + 1, (w - 1) // stride + 1)


class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.stride = stride
        self.first = nn.Parameter(torch.empty(out_channels, 9 * in_channels))
        self.second = nn.Parameter(torch.empty(out_channels, 9 * out_channels))
        self.third = None
        if in_channels != out_channels or stride != 1:
            self.third = nn.Parameter(torch.empty(out_channels, in_channels))
        for weight in self.parameters():
            nn.init.xavier_uniform_(weight)
        self.norm_in = nn.BatchNorm2d(in_channels)
        self.norm_mid = nn.BatchNorm2d(out_channels)

    def forward(self, x):
        a = torch.relu(self.norm_in(x))
        skip = x
        if self.third is not None:
            thinned = a[:, :, :: self.stride, :: self.stride]
            skip = torch.einsum("oc,nchw->nohw", self.third, thinned)
        h = conv3x3(a, self.first, self.stride)
        return skip + conv3x3(torch.relu(self.norm_mid(h)), self.second)
