# Every channel becomes one row of a (C, N·L) matrix, and is put back in the end.
import torch
from torch import nn


class BatchNorm1d(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super(BatchNorm1d, self).__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def forward(self, x):
        if x.shape[1] != self.num_features:
            raise ValueError("channels")
        first = x.transpose(0, 1)
        rows = first.reshape(self.num_features, x.numel() // self.num_features)
        rows = rows if rows.dtype == torch.float64 else rows.float()
        if self.training:
            n = rows.shape[1]
            if n == 1:
                raise RuntimeError("cannot train on one value per channel")
            mean = rows.mean(1)
            var = (rows - mean[:, None]).square().sum(1) / n
            with torch.no_grad():
                self.running_mean += self.momentum * (mean - self.running_mean)
                self.running_var += self.momentum * (var * n / (n - 1) - self.running_var)
                self.num_batches_tracked.add_(1)
        else:
            mean, var = self.running_mean, self.running_var
        rows = (rows - mean[:, None]) * (var + self.eps).rsqrt()[:, None]
        rows = rows * self.weight[:, None] + self.bias[:, None]
        return rows.to(x.dtype).reshape(first.shape).transpose(0, 1)
