# An autograd.Function with the gradients of x and of the gain written out.
import torch
from torch import nn


class Normalize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, eps):
        wide = x.to(torch.promote_types(x.dtype, torch.float32))
        inverse = torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + eps)
        ctx.save_for_backward(wide * inverse, inverse, weight)
        return (wide * inverse * weight).to(x.dtype)

    @staticmethod
    def backward(ctx, grad):
        normal, inverse, weight = ctx.saved_tensors
        scaled = grad.to(normal.dtype) * weight
        along = (scaled * normal).mean(-1, keepdim=True)
        grad_x = (scaled - normal * along) * inverse
        grad_weight = (grad * normal).reshape(-1, weight.numel()).sum(0)
        return grad_x.to(grad.dtype), grad_weight.to(weight.dtype), None


class RMSNorm(nn.Module):
    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.dim = dim
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        if x.shape[-1] != self.dim:
            raise ValueError("last dimension")
        return Normalize.apply(x, self.weight, self.eps)
