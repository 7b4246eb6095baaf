# One head after the other, each with its slice of the weights; o_proj as a sum over heads.
import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        width, rest = divmod(d_model, num_heads)
        if rest:
            raise ValueError(f"{d_model} features cannot be shared by {num_heads} heads")
        self.slices = [slice(i * width, (i + 1) * width) for i in range(num_heads)]
        self.scale = width**0.5
        self.o_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.q_proj = nn.Linear(d_model, d_model)

    def head(self, proj, rows, x):
        return F.linear(x, proj.weight[rows], proj.bias[rows])

    def forward(self, q, k=None, v=None, mask=None):
        if k is None:
            k = q
        if v is None:
            v = k
        y = self.o_proj.bias.expand(q.shape)
        for rows in self.slices:
            query = self.head(self.q_proj, rows, q) / self.scale
            key = self.head(self.k_proj, rows, k)
            scores = torch.matmul(query, key.transpose(1, 2))
            if mask is None:
                weights = F.softmax(scores, dim=2)
            else:
                weights = F.softmax(scores.masked_fill(~mask, torch.finfo(scores.dtype).min), dim=2)
                weights = torch.where(mask, weights, torch.zeros_like(weights))
            context = torch.matmul(weights, self.head(self.v_proj, rows, v))
            y = y + context @ self.o_proj.weight[:, rows].T
        return y
