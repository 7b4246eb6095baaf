# check: gated-product
# Gate and up alternate in the merged matrix instead of following each other.
import torch.nn.functional as F
from torch import nn


class SwiGLU(nn.Module):
    def __init__(self, dim, hidden_dim=None):
        super().__init__()
        if hidden_dim is None:
            hidden_dim = int(8 * dim / 3)
        self.w13 = nn.Linear(dim, 2 * hidden_dim, bias=False)
        self.w2 = nn.Linear(hidden_dim, dim, bias=False)

    def forward(self, x):
        merged = self.w13(x)
        gate, up = merged[..., ::2], merged[..., 1::2]
        return self.w2(F.silu(gate) * up)
