# Sums as einsum over a view with a length of 1 where there is none; lerp into the buffers.
import torch
from torch import nn


class BatchNorm1d(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum, self.num_features = eps, momentum, num_features
        for name, value in (("running_mean", torch.zeros), ("running_var", torch.ones)):
            self.register_buffer(name, value(num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0, dtype=torch.long))
        self.g = nn.Parameter(torch.ones(num_features))
        self.b = nn.Parameter(torch.zeros(num_features))

    def forward(self, x):
        h = x.unsqueeze(-1) if x.dim() == 2 else x
        n, c, length = h.shape
        if c != self.num_features:
            raise ValueError(f"{c} != {self.num_features}")
        h = h.double() if h.dtype == torch.float64 else h.float()
        if self.training:
            count = n * length
            if count < 2:
                raise ValueError("too few values")
            mean = torch.einsum("ncl->c", h) / count
            centred = h - mean[:, None]
            power = torch.einsum("ncl,ncl->c", centred, centred)
            var = power / count
            with torch.no_grad():
                self.running_mean = torch.lerp(
                    self.running_mean, mean.to(self.running_mean), self.momentum
                )
                self.running_var = torch.lerp(
                    self.running_var, (power / (count - 1)).to(self.running_var), self.momentum
                )
                self.num_batches_tracked += 1
        else:
            centred = h - self.running_mean[:, None]
            var = self.running_var
        y = torch.einsum("ncl,c->ncl", centred, self.g / (var + self.eps).sqrt())
        return (y + self.b[:, None]).to(x.dtype).reshape(x.shape)
