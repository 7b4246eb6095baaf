"""Causal self-attention with RoPE and a KV cache: prefill, decoding, and any chunking between."""

import torch
from torch import Tensor, nn

Cache = tuple[Tensor, Tensor]  # rotated keys, and values: (B, H, S, head_dim) each, oldest first


def rotate(x: Tensor, start: int, base: float = 10000.0) -> Tensor:
    """Turn each pair (x[2i], x[2i + 1]) by position · base^(−2i / head_dim), from `start` on."""
    length, dim = x.shape[-2:]
    # At least float32: bfloat16 has 8 significant bits, and position 1001 would become 1000.
    wide = torch.promote_types(x.dtype, torch.float32)
    frequency = base ** (-torch.arange(0, dim, 2, device=x.device, dtype=wide) / dim)
    position = torch.arange(start, start + length, device=x.device, dtype=wide)
    angle = torch.outer(position, frequency)  # (T, head_dim / 2)
    cos, sin = angle.cos(), angle.sin()
    even, odd = x[..., 0::2], x[..., 1::2]
    turned = torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1)
    return turned.flatten(-2).to(x.dtype)  # (…, head_dim / 2, 2) -> (…, head_dim)


class CachedAttention(nn.Module):
    """Attend from T new tokens to themselves and to all that `cache` holds."""

    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        if d_model % num_heads or d_model // num_heads % 2:
            raise ValueError(f"{d_model} does not split into {num_heads} heads of even size")
        self.num_heads = num_heads
        self.head_dim = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model, bias=False)
        self.k_proj = nn.Linear(d_model, d_model, bias=False)
        self.v_proj = nn.Linear(d_model, d_model, bias=False)
        self.o_proj = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x: Tensor, cache: Cache | None = None) -> tuple[Tensor, Cache]:
        past = 0 if cache is None else cache[0].shape[-2]
        q, k, v = (self._split(project(x)) for project in (self.q_proj, self.k_proj, self.v_proj))
        # Each key is turned once, by its own position, and cached turned: it never changes again.
        q, k = rotate(q, past), rotate(k, past)
        if cache is not None:
            # cat copies, so the caller's cache stays good for another branch.
            k = torch.cat((cache[0], k), dim=-2)
            v = torch.cat((cache[1], v), dim=-2)

        scores = q @ k.transpose(-2, -1) * self.head_dim**-0.5  # (B, H, T, S)
        # Row i stands at position past + i. With past = 0 this is the usual triangle, with T = 1
        # it hides nothing; a chunk needs both: the whole cache, and no future within itself.
        future = torch.ones_like(scores[0, 0], dtype=torch.bool).triu(past + 1)
        weights = scores.masked_fill(future, -torch.inf).softmax(-1)
        heads = (weights @ v).transpose(1, 2)  # (B, T, H, head_dim)
        y: Tensor = self.o_proj(heads.flatten(2))
        return y, (k, v)

    def _split(self, x: Tensor) -> Tensor:
        """(B, T, d_model) -> (B, H, T, head_dim)."""
        return x.reshape(*x.shape[:2], self.num_heads, self.head_dim).transpose(1, 2)
