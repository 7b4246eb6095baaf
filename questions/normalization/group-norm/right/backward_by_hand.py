# An autograd.Function with the gradient written out; the affine step outside of it.
import torch
from torch import nn


class Normalize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, rows, eps):
        centred = rows - rows.mean(-1, keepdim=True)
        inverse = torch.rsqrt(centred.pow(2).mean(-1, keepdim=True) + eps)
        normal = centred * inverse
        ctx.save_for_backward(normal, inverse)
        return normal

    @staticmethod
    def backward(ctx, grad):
        normal, inverse = ctx.saved_tensors
        mean = grad.mean(-1, keepdim=True)
        along = (grad * normal).mean(-1, keepdim=True)
        return inverse * (grad - mean - normal * along), None


class GroupNorm(nn.Module):
    def __init__(self, num_groups, num_channels, eps=1e-5, affine=True):
        super().__init__()
        if num_channels % num_groups:
            raise ValueError("num_channels is no multiple of num_groups")
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(num_channels)) if affine else None
        self.bias = nn.Parameter(torch.zeros(num_channels)) if affine else None

    def forward(self, x):
        if x.shape[1] != self.num_channels:
            raise ValueError("channels")
        wide = x.to(torch.promote_types(x.dtype, torch.float32))
        rows = wide.reshape(x.shape[0] * self.num_groups, x.shape[1:].numel() // self.num_groups)
        y = Normalize.apply(rows, self.eps).reshape(x.shape)
        if self.weight is not None:
            y = (y.movedim(1, -1) * self.weight + self.bias).movedim(-1, 1)
        return y.to(x.dtype)
