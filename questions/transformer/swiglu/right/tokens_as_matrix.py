# Leading dimensions folded into rows; the hidden units are summed up in two blocks.
import torch
import torch.nn.functional as F
from torch import nn


class SwiGLU(nn.Module):
    def __init__(self, dim, hidden_dim=None):
        super().__init__()
        hidden_dim = hidden_dim if hidden_dim is not None else int(dim * 8 / 3)
        self.w3 = nn.Linear(dim, hidden_dim, bias=False)
        self.w2 = nn.Linear(hidden_dim, dim, bias=False)
        self.w1 = nn.Linear(dim, hidden_dim, bias=False)

    def forward(self, x):
        rows = x.reshape(x.numel() // x.shape[-1], x.shape[-1])
        half = self.w2.in_features // 2
        y = torch.zeros_like(rows)
        for units in (slice(0, half), slice(half, None)):
            gate = F.silu(rows.mm(self.w1.weight[units].t()))
            up = rows.mm(self.w3.weight[units].t())
            y = torch.addmm(y, gate * up, self.w2.weight[:, units].t())
        return y.reshape(x.shape)
