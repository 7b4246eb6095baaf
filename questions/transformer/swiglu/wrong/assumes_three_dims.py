# check: any-shape
# The einsum names batch and tokens: only three dimensions fit.
import torch
import torch.nn.functional as F
from torch import nn


class SwiGLU(nn.Module):
    def __init__(self, dim, hidden_dim=None):
        super().__init__()
        if hidden_dim is None:
            hidden_dim = int(8 * dim / 3)
        self.w1 = nn.Parameter(torch.randn(hidden_dim, dim) * dim**-0.5)
        self.w2 = nn.Parameter(torch.randn(dim, hidden_dim) * hidden_dim**-0.5)
        self.w3 = nn.Parameter(torch.randn(hidden_dim, dim) * dim**-0.5)

    def forward(self, x):
        gate = torch.einsum("btd,hd->bth", x, self.w1)
        up = torch.einsum("btd,hd->bth", x, self.w3)
        return torch.einsum("bth,dh->btd", F.silu(gate) * up, self.w2)
