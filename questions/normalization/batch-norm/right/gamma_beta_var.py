# gamma and beta; unsqueezed statistics, the unbiased variance from torch.var, buffers replaced.
import torch
from torch import nn


class BatchNorm1d(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.c, self.eps, self.momentum = num_features, eps, momentum
        self.register_buffer("num_batches_tracked", torch.zeros((), dtype=torch.int64))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.beta = nn.Parameter(torch.zeros(num_features))
        self.gamma = nn.Parameter(torch.ones(num_features))

    def forward(self, x):
        assert x.ndim in (2, 3) and x.size(1) == self.c, x.shape
        dtype = x.dtype
        if dtype in (torch.float16, torch.bfloat16):
            x = x.float()
        per_channel = (lambda t: t[None, :, None]) if x.ndim == 3 else (lambda t: t[None, :])
        if self.training:
            over = [0, 2] if x.ndim == 3 else [0]
            if x.size(0) * (x.size(2) if x.ndim == 3 else 1) <= 1:
                raise ValueError("one value per channel")
            mean = x.mean(over)
            var = ((x - per_channel(mean)) ** 2).mean(over)
            unbiased = torch.var(x.detach(), over)
            new, old = self.momentum, 1 - self.momentum
            self.running_mean = old * self.running_mean + new * mean.detach()
            self.running_var = old * self.running_var + new * unbiased
            self.num_batches_tracked = self.num_batches_tracked + 1
        else:
            mean, var = self.running_mean, self.running_var
        x = (x - per_channel(mean)) / per_channel(torch.sqrt(var + self.eps))
        return (x * per_channel(self.gamma) + per_channel(self.beta)).to(dtype)
