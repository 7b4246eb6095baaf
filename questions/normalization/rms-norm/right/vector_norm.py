# The mean square from the L2 norm, squared again so that eps can go under the root.
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.dim, self.eps = dim, eps
        self.scale = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        if x.shape[-1] != self.dim:
            raise ValueError("last dimension")
        wide = torch.promote_types(x.dtype, torch.float32)
        norm = torch.linalg.vector_norm(x, dim=-1, keepdim=True, dtype=wide)
        rms = torch.sqrt(norm * norm / self.dim + self.eps)
        return (x.to(wide) / rms * self.scale).to(x.dtype)
