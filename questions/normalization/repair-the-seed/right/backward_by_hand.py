# LayerNorm as an autograd.Function with its own backward; convolutions by unfold and matmul.
import torch
import torch.nn.functional as F
from torch import nn


class Normalize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, eps):
        wide = x.to(torch.promote_types(x.dtype, torch.float32))
        var, mean = torch.var_mean(wide, dim=-1, correction=0, keepdim=True)
        inverse = torch.rsqrt(var + eps)
        y = (wide - mean) * inverse
        ctx.save_for_backward(y, inverse)
        ctx.dtype = x.dtype
        return y

    @staticmethod
    def backward(ctx, dy):
        y, inverse = ctx.saved_tensors
        along = y * (dy * y).mean(-1, keepdim=True)
        dx = inverse * (dy - dy.mean(-1, keepdim=True) - along)
        return dx.to(ctx.dtype), None


class LayerNorm(nn.Module):
    def __init__(self, num_features, eps=1e-5, affine=True):
        super().__init__()
        self.num_features, self.eps = num_features, eps
        self.scale = nn.Parameter(torch.ones(num_features)) if affine else None
        self.shift = nn.Parameter(torch.zeros(num_features)) if affine else None

    def forward(self, x):
        if not x.dim() or x.shape[-1] != self.num_features:
            raise ValueError(tuple(x.shape))
        y = Normalize.apply(x, self.eps)
        if self.scale is not None:
            y = self.scale * y + self.shift
        return y.to(x.dtype)


def conv3x3(x, weight, stride=1):
    n, _, h, w = x.shape
    patches = F.unfold(x, 3, padding=1, stride=stride)  # (N, 9·C, L)
    return (weight @ patches).reshape(n, -1, (h - 1) // stride + 1, (w - 1) // stride + 1)


class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.stride = stride
        self.first = nn.Parameter(torch.randn(out_channels, 9 * in_channels) / 10)
        self.second = nn.Parameter(torch.randn(out_channels, 9 * out_channels) / 10)
        self.norm_in, self.norm_mid = nn.BatchNorm2d(in_channels), nn.BatchNorm2d(out_channels)
        self.identity = stride == 1 and in_channels == out_channels
        if not self.identity:
            self.third = nn.Conv2d(in_channels, out_channels, 1, stride, bias=False)

    def forward(self, x):
        a = torch.relu(self.norm_in(x))
        h = torch.relu(self.norm_mid(conv3x3(a, self.first, self.stride)))
        skip = x if self.identity else self.third(a)
        return skip + conv3x3(h, self.second)
