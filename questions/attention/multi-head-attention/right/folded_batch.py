# Heads folded into the batch, (B·h, T, d_h), and bmm, as fairseq does.
import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if (d_model // num_heads) * num_heads != d_model:
            raise AssertionError("d_model must be divisible by num_heads")
        self.d_model, self.num_heads, self.head_dim = d_model, num_heads, d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)
        for proj in (self.q_proj, self.k_proj, self.v_proj, self.o_proj):
            nn.init.xavier_uniform_(proj.weight)
            nn.init.zeros_(proj.bias)

    def fold(self, x):
        size, length, _ = x.shape
        x = x.reshape(size, length, self.num_heads, self.head_dim).permute(0, 2, 1, 3)
        return x.reshape(size * self.num_heads, length, self.head_dim)

    def forward(self, q, k=None, v=None, mask=None):
        k = q if k is None else k
        v = k if v is None else v
        size, queries, keys = q.size(0), q.size(1), k.size(1)
        q = self.fold(self.q_proj(q) * self.head_dim**-0.5)
        k, v = self.fold(self.k_proj(k)), self.fold(self.v_proj(v))
        scores = torch.bmm(q, k.transpose(1, 2))
        if mask is None:
            weights = torch.softmax(scores, -1)
        else:
            seen = mask.expand(size, queries, keys).repeat_interleave(self.num_heads, dim=0)
            weights = torch.softmax(scores.masked_fill(~seen, -1e30 if scores.dtype != torch.float16 else -6e4), -1)
            weights = weights.masked_fill(~seen, 0)
        out = torch.bmm(weights, v).view(size, self.num_heads, queries, self.head_dim)
        out = out.permute(0, 2, 1, 3).reshape(size, queries, self.d_model)
        return self.o_proj(out)
