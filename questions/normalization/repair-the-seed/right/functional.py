# No layer objects: einsum means in LayerNorm; kernels as bare parameters, a matrix for the
# projection, running statistics as buffers and F.batch_norm in the block.
import torch
import torch.nn.functional as F
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, num_features, eps=1e-5, affine=True):
        super().__init__()
        self.d, self.eps = num_features, eps
        self.affine = nn.ParameterDict()
        if affine:
            self.affine["g"] = nn.Parameter(torch.ones(num_features))
            self.affine["b"] = nn.Parameter(torch.zeros(num_features))

    def forward(self, x):
        *_, d = x.shape
        if d != self.d:
            raise ValueError(f"{d} features instead of {self.d}")
        h = x.to(torch.promote_types(x.dtype, torch.float32))
        h = h - torch.einsum("...d->...", h).unsqueeze(-1) / d
        power = torch.einsum("...d,...d->...", h, h).unsqueeze(-1) / d
        h = h / (power + self.eps) ** 0.5
        if self.affine:
            h = torch.einsum("...d,d->...d", h, self.affine["g"].to(h.dtype)) + self.affine["b"]
        return h.type(x.dtype)


class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.stride = stride
        self.w1 = nn.Parameter(torch.empty(out_channels, in_channels, 3, 3))
        self.w2 = nn.Parameter(torch.empty(out_channels, out_channels, 3, 3))
        self.w3 = None
        if in_channels != out_channels or stride > 1:
            self.w3 = nn.Parameter(torch.empty(out_channels, in_channels))
        for kernel in self.parameters():
            nn.init.kaiming_uniform_(kernel)
        for i, c in ((1, in_channels), (2, out_channels)):
            self.register_parameter(f"scale{i}", nn.Parameter(torch.ones(c)))
            self.register_parameter(f"shift{i}", nn.Parameter(torch.zeros(c)))
            self.register_buffer(f"mean{i}", torch.zeros(c))
            self.register_buffer(f"var{i}", torch.ones(c))

    def act(self, x, i):
        mean, var = self.get_buffer(f"mean{i}"), self.get_buffer(f"var{i}")
        scale, shift = self.get_parameter(f"scale{i}"), self.get_parameter(f"shift{i}")
        return F.relu(F.batch_norm(x, mean, var, scale, shift, training=self.training))

    def forward(self, x):
        a = self.act(x, 1)
        h = F.conv2d(a, self.w1, stride=self.stride, padding=1)
        h = F.conv2d(self.act(h, 2), self.w2, padding=1)
        if self.w3 is None:
            return x + h
        thinned = a[..., :: self.stride, :: self.stride]
        return torch.einsum("oc,nchw->nohw", self.w3, thinned) + h
