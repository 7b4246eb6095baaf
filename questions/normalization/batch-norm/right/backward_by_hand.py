# An autograd.Function with the gradient of training written out; channels moved to the end.
import torch
from torch import nn


class Normalize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, rows, eps):
        mean = rows.mean(0)
        centred = rows - mean
        var = centred.pow(2).mean(0)
        inverse = torch.rsqrt(var + eps)
        normal = centred * inverse
        ctx.save_for_backward(normal, inverse)
        ctx.mark_non_differentiable(mean, var)
        return normal, mean, var

    @staticmethod
    def backward(ctx, grad, _, __):
        normal, inverse = ctx.saved_tensors
        along = (grad * normal).mean(0)
        return inverse * (grad - grad.mean(0) - normal * along), None


class BatchNorm1d(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def forward(self, x):
        if x.shape[1] != self.num_features:
            raise ValueError("channels")
        last = x.movedim(1, -1)
        rows = last.reshape(x.numel() // self.num_features, self.num_features)
        rows = rows.to(torch.promote_types(x.dtype, torch.float32))
        if self.training:
            if len(rows) < 2:
                raise ValueError("two values at least")
            normal, mean, var = Normalize.apply(rows, self.eps)
            self.running_mean.lerp_(mean.to(self.running_mean.dtype), self.momentum)
            var = var * (len(rows) / (len(rows) - 1))
            self.running_var.lerp_(var.to(self.running_var.dtype), self.momentum)
            self.num_batches_tracked += 1
        else:
            normal = (rows - self.running_mean) / torch.sqrt(self.running_var + self.eps)
        y = normal * self.weight + self.bias
        return y.reshape(last.shape).movedim(-1, 1).to(x.dtype)
