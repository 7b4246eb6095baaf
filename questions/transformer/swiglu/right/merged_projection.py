# Gate and up in one matrix, up first as in diffusers, and one matrix product for both.
import torch.nn.functional as F
from torch import nn


class SwiGLU(nn.Module):
    def __init__(self, dim, hidden_dim=None):
        super().__init__()
        hidden = int(2 / 3 * 4 * dim) if hidden_dim is None else hidden_dim
        self.proj_in = nn.Linear(dim, 2 * hidden, bias=False)
        self.proj_out = nn.Linear(hidden, dim, bias=False)

    def forward(self, x):
        up, gate = self.proj_in(x).chunk(2, dim=-1)
        return self.proj_out(up * F.silu(gate))
