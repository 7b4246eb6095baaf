# Folded into one scale and one shift a channel, as at inference: y = x · a + b.
import torch
from torch import nn


class BatchNorm1d(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.scale = nn.Parameter(torch.ones(num_features))
        self.shift = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def statistics(self, x):
        if not self.training:
            return self.running_mean, self.running_var
        over = (0,) if x.dim() == 2 else (0, 2)
        count = x[:, 0].numel()
        if count < 2:
            raise ValueError("a single value has no variance")
        var, mean = torch.var_mean(x, over, correction=0)
        keep = 1 - self.momentum
        with torch.no_grad():
            self.running_mean.mul_(keep).add_(mean, alpha=self.momentum)
            self.running_var.mul_(keep).add_(var, alpha=self.momentum * count / (count - 1))
            self.num_batches_tracked += 1
        return mean, var

    def forward(self, x):
        if x.shape[1] != self.num_features:
            raise ValueError("wrong number of channels")
        wide = x.to(torch.promote_types(x.dtype, torch.float32))
        mean, var = self.statistics(wide)
        a = self.scale * torch.rsqrt(var + self.eps)
        b = self.shift - mean * a
        if x.dim() == 3:
            a, b = a.unsqueeze(-1), b.unsqueeze(-1)
        return (wide * a + b).to(x.dtype)
