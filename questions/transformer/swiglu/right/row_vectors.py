# Shazeer's notation: rows times matrices, W, V and W2 as plain parameters; z * sigmoid(z).
import torch
from torch import nn


class SwiGLU(nn.Module):
    def __init__(self, dim, hidden_dim=None):
        super().__init__()
        d_ff = hidden_dim or int(8 * dim / 3)
        self.W2 = nn.Parameter(nn.init.xavier_uniform_(torch.empty(d_ff, dim)))
        self.W = nn.Parameter(nn.init.xavier_uniform_(torch.empty(dim, d_ff)))
        self.V = nn.Parameter(nn.init.xavier_uniform_(torch.empty(dim, d_ff)))

    def forward(self, x):
        z = x @ self.W
        return (z * torch.sigmoid(z) * (x @ self.V)) @ self.W2
