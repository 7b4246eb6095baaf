# silu(a) * b = (a * b) * sigmoid(a), which is F.glu of the two put side by side.
import torch
import torch.nn.functional as F
from torch import nn


class SwiGLU(nn.Module):
    def __init__(self, dim, hidden_dim=None):
        super().__init__()
        width = int(8 * dim / 3) if hidden_dim is None else int(hidden_dim)
        self.layers = nn.ModuleDict(
            {
                "down": nn.Linear(width, dim, bias=False),
                "value": nn.Linear(dim, width, bias=False),
                "gate": nn.Linear(dim, width, bias=False),
            }
        )

    def forward(self, x):
        a, b = self.layers["gate"](x), self.layers["value"](x)
        return self.layers["down"](F.glu(torch.cat([a * b, a], dim=-1), dim=-1))
