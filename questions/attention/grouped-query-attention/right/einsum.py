# einsum over (B, T, group, member, d_h), without a transpose; an additive mask of −inf.
import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, num_heads, num_kv_heads):
        super().__init__()
        if d_model % num_heads:
            raise ValueError("heads of unequal width")
        if num_heads % num_kv_heads:
            raise ValueError("groups of unequal size")
        self.g, self.m = num_kv_heads, num_heads // num_kv_heads
        self.d_h = d_model // num_heads
        sizes = {"q": num_heads, "k": num_kv_heads, "v": num_kv_heads, "o": num_heads}
        for name, heads in sizes.items():
            self.add_module(f"{name}_proj", nn.Linear(d_model, heads * self.d_h, bias=False))

    def forward(self, x, causal=True):
        q = self.q_proj(x).unflatten(-1, (self.g, self.m, self.d_h))
        k = self.k_proj(x).unflatten(-1, (self.g, self.d_h))
        v = self.v_proj(x).unflatten(-1, (self.g, self.d_h))
        scores = torch.einsum("bigmd,bjgd->bgmij", q, k) / self.d_h**0.5
        if causal:
            bias = torch.full((x.size(1), x.size(1)), -torch.inf, dtype=x.dtype, device=x.device)
            scores = scores + bias.triu(1)
        mixed = torch.einsum("bgmij,bjgd->bigmd", scores.softmax(-1), v)
        return self.o_proj(mixed.flatten(2))
