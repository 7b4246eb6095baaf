# Everything in float64, whatever comes in; cast back at the end, buffers too.
import torch
from torch import nn


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
        self.register_buffer("num_batches_tracked", torch.tensor(0, dtype=torch.long))

    def forward(self, x):
        if x.shape[1] != self.num_features:
            raise ValueError(tuple(x.shape))
        y = x.to(torch.float64)
        axes = [axis for axis in range(x.dim()) if axis != 1]
        shape = [1] * x.dim()
        shape[1] = self.num_features
        if self.training:
            count = x.numel() // self.num_features
            if count == 1:
                raise ValueError("one value per channel in training")
            mean = y.mean(dim=axes, keepdim=True)
            var = ((y - mean) ** 2).mean(dim=axes, keepdim=True)
            self._track(mean.detach().flatten(), var.detach().flatten() * count / (count - 1))
        else:
            mean = self.running_mean.double().reshape(shape)
            var = self.running_var.double().reshape(shape)
        y = (y - mean) / torch.sqrt(var + self.eps)
        y = y * self.weight.double().reshape(shape) + self.bias.double().reshape(shape)
        return y.to(x.dtype)

    def _track(self, mean, var):
        m = self.momentum
        self.running_mean.copy_((1 - m) * self.running_mean.double() + m * mean)
        self.running_var.copy_((1 - m) * self.running_var.double() + m * var)
        self.num_batches_tracked += 1
