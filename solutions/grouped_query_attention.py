"""Grouped-query attention (Ainslie et al., 2023), with the parameter names of Llama."""

import math

import torch
from torch import Tensor, nn


class GroupedQueryAttention(nn.Module):
    """`num_heads` query heads in `num_kv_heads` groups, each sharing one key and value head.

    As many groups as heads is multi-head attention, one group multi-query attention.
    """

    def __init__(self, d_model: int, num_heads: int, num_kv_heads: int) -> None:
        super().__init__()
        if d_model % num_heads or num_heads % num_kv_heads:
            raise ValueError(
                f"d_model {d_model} must be a multiple of num_heads {num_heads}, "
                f"and that of num_kv_heads {num_kv_heads}"
            )
        self.num_heads = num_heads
        self.num_kv_heads = num_kv_heads
        self.head_dim = d_model // num_heads  # the same for queries, keys and values
        self.q_proj = nn.Linear(d_model, d_model, bias=False)
        # Fewer rows, not narrower heads: this is what shrinks the KV cache.
        self.k_proj = nn.Linear(d_model, num_kv_heads * self.head_dim, bias=False)
        self.v_proj = nn.Linear(d_model, num_kv_heads * self.head_dim, bias=False)
        self.o_proj = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x: Tensor, causal: bool = True) -> Tensor:
        q = self._split(self.q_proj(x), self.num_heads)  # (B, h, T, d_h)
        k = self._split(self.k_proj(x), self.num_kv_heads)  # (B, g, T, d_h)
        v = self._split(self.v_proj(x), self.num_kv_heads)  # (B, g, T, d_h)

        # Neighbouring query heads share a KV head: the group's axis comes first. With an axis of
        # size 1 for the members, K and V broadcast, and need not be repeated by hand.
        q = q.unflatten(1, (self.num_kv_heads, -1))  # (B, g, h/g, T, d_h)
        k, v = k.unsqueeze(2), v.unsqueeze(2)  # (B, g, 1, T, d_h)
        scores = q @ k.mT / math.sqrt(self.head_dim)  # (B, g, h/g, T, T)
        if causal:
            length = x.shape[1]
            future = torch.ones(length, length, dtype=torch.bool, device=x.device).triu(1)
            # The diagonal stays visible, so no row is all −∞ and none becomes NaN.
            scores = scores.masked_fill(future, -torch.inf)
        heads = scores.softmax(-1) @ v  # (B, g, h/g, T, d_h)
        merged: Tensor = self.o_proj(heads.flatten(1, 2).transpose(1, 2).flatten(2))
        return merged

    def _split(self, x: Tensor, heads: int) -> Tensor:
        """(B, T, heads · d_h) to (B, heads, T, d_h)."""
        parted: Tensor = x.unflatten(-1, (heads, self.head_dim))  # (B, T, heads, d_h)
        return parted.transpose(1, 2)
