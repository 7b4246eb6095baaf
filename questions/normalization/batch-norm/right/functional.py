# The arithmetic in plain functions on (..., C); the module only holds state.
import torch
from torch import nn


def moments(x):
    over = tuple(range(x.dim() - 1))
    mean = x.mean(over)
    return mean, (x - mean).square().mean(over), x.numel() // x.shape[-1]


def normalize(x, mean, var, eps):
    return (x - mean) * (var + eps) ** -0.5


class BatchNorm1d(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.affine = nn.ParameterList(
            [nn.Parameter(torch.ones(num_features)), nn.Parameter(torch.zeros(num_features))]
        )
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    @torch.no_grad()
    def update(self, mean, var, count):
        self.running_mean = self.running_mean + self.momentum * (mean - self.running_mean)
        var = var * count / (count - 1)
        self.running_var = self.running_var + self.momentum * (var - self.running_var)
        self.num_batches_tracked = self.num_batches_tracked + 1

    def forward(self, x):
        if x.shape[1] != len(self.running_mean):
            raise ValueError("number of channels")
        last = x.transpose(1, -1)  # no change for (N, C)
        h = last.to(torch.promote_types(x.dtype, torch.float32))
        if self.training:
            mean, var, count = moments(h)
            if count <= 1:
                raise ValueError("number of values")
            self.update(mean, var, count)
        else:
            mean, var = self.running_mean, self.running_var
        gamma, beta = self.affine
        return (normalize(h, mean, var, self.eps) * gamma + beta).transpose(1, -1).to(x.dtype)
