# The sum of squares feature by feature in Python, the division last, gain folded into the scale.
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.dim = dim
        self.eps = eps
        self.register_parameter("gamma", nn.Parameter(torch.ones(dim)))

    def forward(self, x):
        if x.shape[-1] != self.dim:
            raise ValueError("last dimension")
        dtype = x.dtype
        if dtype in (torch.float16, torch.bfloat16):
            x = x.float()
        total = 0.0
        for feature in x.unbind(-1):
            total = total + feature * feature
        rms = torch.sqrt(total / self.dim + self.eps).unsqueeze(-1)
        return (x * self.gamma / rms).to(dtype)
