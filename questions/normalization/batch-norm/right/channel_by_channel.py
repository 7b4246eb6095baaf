# A Python loop over the channels, each normalized by itself and stacked again.
import torch
from torch import nn


class BatchNorm1d(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.gain = nn.Parameter(torch.ones(num_features))
        self.offset = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def forward(self, x):
        if x.shape[1] != self.num_features:
            raise ValueError(f"expected {self.num_features} channels")
        if self.training:
            self.num_batches_tracked += 1
        wide = x if x.dtype == torch.float64 else x.to(torch.float32)
        channels = [self.one_channel(wide[:, c], c) for c in range(self.num_features)]
        return torch.stack(channels, dim=1).to(x.dtype)

    def one_channel(self, values, c):
        if self.training:
            if values.numel() < 2:
                raise ValueError("one value")
            mean = values.mean()
            var = (values - mean).pow(2).mean()
            m, n = self.momentum, values.numel()
            with torch.no_grad():
                self.running_mean[c] = (1 - m) * self.running_mean[c] + m * mean
                self.running_var[c] = (1 - m) * self.running_var[c] + m * var * n / (n - 1)
        else:
            mean, var = self.running_mean[c], self.running_var[c]
        return (values - mean) / (var + self.eps) ** 0.5 * self.gain[c] + self.offset[c]
