"""Multi-head attention with a boolean mask (Vaswani et al., 2017, §3.2.2)."""

import math

import torch
from torch import Tensor, nn


class MultiHeadAttention(nn.Module):
    """Softmax attention in `num_heads` subspaces of d_model / num_heads features each."""

    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        if d_model % num_heads:  # `//` would drop the remainder without a word
            raise ValueError(f"d_model {d_model} is not a multiple of num_heads {num_heads}")
        self.num_heads = num_heads
        self.head_dim = d_model // num_heads
        # Each holds all heads: rows i·head_dim to (i+1)·head_dim belong to head i.
        self.q_proj = nn.Linear(d_model, d_model)
        # The softmax ignores what is added to a whole row, so the key's bias never shows.
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)  # lets the heads' results mix

    def forward(
        self,
        q: Tensor,
        k: Tensor | None = None,
        v: Tensor | None = None,
        mask: Tensor | None = None,
    ) -> Tensor:
        k = q if k is None else k
        v = k if v is None else v
        queries = self._split(self.q_proj(q))  # (B, h, T_q, d_h)
        keys = self._split(self.k_proj(k))  # (B, h, T_k, d_h)
        values = self._split(self.v_proj(v))  # (B, h, T_k, d_h)

        # The variance of a dot product grows with its length: that of one head, not d_model.
        scores = queries @ keys.mT / math.sqrt(self.head_dim)  # (B, h, T_q, T_k)
        if mask is None:
            weights = scores.softmax(-1)
        else:
            hidden = ~mask.unsqueeze(-3)  # (…, 1, T_q, T_k): one mask for all heads of a sample
            # A row of nothing but −∞ is NaN, forward or backward: fill with the lowest number.
            # That makes a fully hidden row uniform, so its weights are set to 0 afterwards.
            scores = scores.masked_fill(hidden, torch.finfo(scores.dtype).min)
            weights = scores.softmax(-1).masked_fill(hidden, 0.0)
        heads = weights @ values  # (B, h, T_q, d_h)
        # Back to (B, T_q, h, d_h) before merging: memory order decides what a reshape joins.
        merged: Tensor = self.o_proj(heads.transpose(1, 2).flatten(2))
        return merged

    def _split(self, x: Tensor) -> Tensor:
        """(B, T, d_model) to (B, h, T, d_h): heads share out features, not tokens."""
        parted: Tensor = x.unflatten(-1, (self.num_heads, self.head_dim))  # (B, T, h, d_h)
        return parted.transpose(1, 2)
