# Everything in float64, whatever comes in; eps is kept as a tensor outside the state.
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(dim))
        self.epsilon = torch.tensor(eps, dtype=torch.float64)

    def forward(self, x):
        if x.shape[-1] != len(self.gain):
            raise RuntimeError(f"{x.shape[-1]} features, not {len(self.gain)}")
        y = x.double()
        y = y / (y.square().mean(dim=-1, keepdim=True) + self.epsilon).sqrt()
        return torch.mul(y, self.gain.double()).to(x.dtype)
