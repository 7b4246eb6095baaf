# A projection module of its own, one fused product of the concatenated weights, expand and reshape.
import math

import torch
from torch import nn


class Projection(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / math.sqrt(inputs))

    def forward(self, x):
        return torch.einsum("...i,oi->...o", x, self.weight)


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, num_heads, num_kv_heads):
        super().__init__()
        if num_heads % num_kv_heads or d_model % num_heads:
            raise TypeError("bad sizes")
        self.sizes = (num_heads, num_kv_heads, num_kv_heads)
        self.head_dim = d_model // num_heads
        self.q_proj, self.k_proj, self.v_proj = (
            Projection(d_model, heads * self.head_dim) for heads in self.sizes
        )
        self.o_proj = Projection(d_model, d_model)

    def expand(self, x):
        B, heads, T, width = x.shape
        members = self.sizes[0] // heads
        return x[:, :, None].expand(B, heads, members, T, width).reshape(B, heads * members, T, width)

    def forward(self, x, causal=True):
        weight = torch.cat([self.q_proj.weight, self.k_proj.weight, self.v_proj.weight])
        parts = nn.functional.linear(x, weight).split([n * self.head_dim for n in self.sizes], -1)
        q, k, v = (p.unflatten(-1, (n, self.head_dim)).swapaxes(1, 2) for p, n in zip(parts, self.sizes))
        scores = q @ self.expand(k).swapaxes(2, 3) * self.head_dim**-0.5
        if causal:
            hidden = torch.ones(x.shape[1], x.shape[1], device=x.device).tril().logical_not()
            scores.masked_fill_(hidden, -torch.inf)
        y = scores.log_softmax(-1).exp() @ self.expand(v)
        return self.o_proj(y.swapaxes(1, 2).flatten(2))
