# A plain function does the work, in place where that is safe; the module only holds the state.
import torch
import torch.nn.functional as F
from torch import nn


def swiglu(x, gate, up, down):
    hidden = F.silu(F.linear(x, gate), inplace=True)
    hidden = hidden.mul_(F.linear(x, up))
    return F.linear(hidden, down)


class SwiGLU(nn.Module):
    def __init__(self, dim, hidden_dim=None):
        super().__init__()
        h = int(8 * dim / 3) if hidden_dim is None else hidden_dim
        shapes = {"gate": (h, dim), "up": (h, dim), "down": (dim, h)}
        self.weights = nn.ParameterDict(
            {name: nn.Parameter(torch.randn(shape) * 0.02) for name, shape in shapes.items()}
        )

    def forward(self, x):
        return swiglu(x, **self.weights)
