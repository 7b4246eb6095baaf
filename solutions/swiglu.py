"""The SwiGLU feed-forward layer (Shazeer, 2020), as in Llama."""

import torch.nn.functional as F
from torch import Tensor, nn


class SwiGLU(nn.Module):
    """y = w2(SiLU(w1(x)) ⊙ w3(x)): one branch is activated and gates the other."""

    def __init__(self, dim: int, hidden_dim: int | None = None) -> None:
        super().__init__()
        if hidden_dim is None:
            # Three matrices for the price of two: 3 · d · h = 2 · d · 4d gives h = 8d/3.
            hidden_dim = int(8 * dim / 3)
        # Llama's names: w1 is the gate, w3 goes up beside it, w2 comes down. w1 and w3 have the
        # same shape, so a checkpoint loads just as well with the two exchanged, and wrongly.
        self.w1 = nn.Linear(dim, hidden_dim, bias=False)
        self.w2 = nn.Linear(hidden_dim, dim, bias=False)
        self.w3 = nn.Linear(dim, hidden_dim, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        # (..., dim) → (..., hidden_dim) twice → (..., dim). The product is element by element;
        # F.silu stays finite where exp(−z) would overflow.
        hidden = F.silu(self.w1(x)) * self.w3(x)
        y: Tensor = self.w2(hidden)
        return y
