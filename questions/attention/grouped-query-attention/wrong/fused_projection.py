# check: projections
# One matrix for q, k and v, under a name of its own.
import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, num_heads, num_kv_heads):
        super().__init__()
        if d_model % num_heads != 0 or num_heads % num_kv_heads != 0:
            raise ValueError("heads do not divide evenly")
        self.num_heads = num_heads
        self.num_kv_heads = num_kv_heads
        self.head_dim = d_model // num_heads
        self.groups = num_heads // num_kv_heads
        width = (num_heads + 2 * num_kv_heads) * self.head_dim
        self.qkv_proj = nn.Linear(d_model, width, bias=False)
        self.o_proj = nn.Linear(num_heads * self.head_dim, d_model, bias=False)

    def forward(self, x, causal=True):
        B, T, _ = x.shape
        heads = (self.num_heads, self.num_kv_heads, self.num_kv_heads)
        parts = self.qkv_proj(x).split([n * self.head_dim for n in heads], dim=-1)
        q, k, v = (p.view(B, T, n, self.head_dim).transpose(1, 2) for p, n in zip(parts, heads))
        k = k.repeat_interleave(self.groups, dim=1)
        v = v.repeat_interleave(self.groups, dim=1)

        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if causal:
            future = torch.ones(T, T, dtype=torch.bool, device=x.device).triu(1)
            scores = scores.masked_fill(future, float("-inf"))
        weights = torch.softmax(scores, dim=-1)

        out = weights @ v
        out = out.transpose(1, 2).reshape(B, T, self.num_heads * self.head_dim)
        return self.o_proj(out)
