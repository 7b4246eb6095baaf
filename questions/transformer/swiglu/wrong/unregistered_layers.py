# check: parameters
# A plain list hides its layers from nn.Module.
import torch.nn.functional as F
from torch import nn


class SwiGLU(nn.Module):
    def __init__(self, dim, hidden_dim=None):
        super().__init__()
        if hidden_dim is None:
            hidden_dim = int(8 * dim / 3)
        self.layers = [
            nn.Linear(dim, hidden_dim, bias=False),
            nn.Linear(hidden_dim, dim, bias=False),
            nn.Linear(dim, hidden_dim, bias=False),
        ]

    def forward(self, x):
        w1, w2, w3 = self.layers
        return w2(F.silu(w1(x)) * w3(x))
