# LayerNorm computes in float64 throughout; the block has BatchNorms written by hand, with
# parameters of shape (1, C, 1, 1), and casts its branch to the dtype of x before the sum.
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, num_features, eps=1e-5, affine=True):
        super().__init__()
        self.num_features, self.eps = num_features, eps
        values = [torch.ones(num_features), torch.zeros(num_features)] if affine else []
        self.affine = nn.ParameterList(nn.Parameter(one) for one in values)

    def forward(self, x):
        if x.size(-1) != self.num_features:
            raise TypeError("wrong number of features")
        h = x.double()
        h = h - h.mean(-1, keepdim=True)
        h = h / torch.sqrt(h.square().mean(-1, keepdim=True) + self.eps)
        for i, one in enumerate(self.affine):
            h = h * one if i == 0 else h + one
        return h.to(x.dtype)


class Norm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(1, channels, 1, 1))
        self.bias = nn.Parameter(torch.zeros(1, channels, 1, 1))
        self.register_buffer("mean", torch.zeros(1, channels, 1, 1))
        self.register_buffer("var", torch.ones(1, channels, 1, 1))

    def forward(self, x):
        wide = x.to(torch.promote_types(x.dtype, torch.float32))
        mean, var = self.mean.to(wide.dtype), self.var.to(wide.dtype)
        if self.training:
            var, mean = torch.var_mean(wide, (0, 2, 3), correction=0, keepdim=True)
            n = x.numel() // x.shape[1]
            with torch.no_grad():
                self.mean += 0.1 * (mean - self.mean).to(self.mean.dtype)
                self.var += 0.1 * (var * n / (n - 1) - self.var).to(self.var.dtype)
        y = (wide - mean) / torch.sqrt(var + 1e-5) * self.gain + self.bias
        return y.to(x.dtype)


class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.norms = nn.ModuleList([Norm(in_channels), Norm(out_channels)])
        self.narrow = nn.Conv2d(in_channels, out_channels, 3, stride, 1, bias=False)
        self.second = nn.Conv2d(out_channels, out_channels, 3, padding="same", bias=False)
        changes = stride != 1 or in_channels != out_channels
        self.match = nn.Conv2d(in_channels, out_channels, 1, stride) if changes else None

    def forward(self, x):
        a = self.norms[0](x).relu()
        branch = self.second(self.norms[1](self.narrow(a)).relu())
        shortcut = x if self.match is None else self.match(a)
        return shortcut.to(x.dtype) + branch.to(x.dtype)
