# einsum with an ellipsis for the leading dimensions, one merged matrix stored as (d, 2h).
import torch
from torch import nn


class SwiGLU(nn.Module):
    def __init__(self, dim, hidden_dim=None):
        super().__init__()
        if hidden_dim is None:
            hidden_dim = int(8 * dim / 3)
        self.h = hidden_dim
        self.into = nn.Parameter(torch.randn(dim, 2 * hidden_dim) / dim**0.5)
        self.out = nn.Parameter(torch.zeros(dim, hidden_dim))

    def forward(self, x):
        both = torch.einsum("...d,dk->...k", x, self.into)
        gate, up = both[..., : self.h], both[..., self.h :]
        return torch.einsum("...h,...h,dh->...d", nn.functional.silu(gate), up, self.out)
