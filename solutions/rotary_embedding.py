"""Rotary position embedding of adjacent pairs (Su et al., 2021)."""

import torch
from torch import Tensor


def apply_rope(x: Tensor, positions: Tensor | None = None, base: float = 10000.0) -> Tensor:
    """Turn each pair (x[2i], x[2i + 1]) counter-clockwise by position · base^(−2i / d)."""
    length, d = x.shape[-2:]
    if d % 2:  # d = 3 would come back as 4 without a word: the one odd entry broadcasts
        raise ValueError(f"RoPE turns pairs, so the last dimension must be even, not {d}")
    if positions is None:
        positions = torch.arange(length, device=x.device)
    # float32, whatever x is: bfloat16 has 8 significant bits, and position 257 would become 256.
    # The step of 2 is the 2 of 2i: the exponents are 0, 2, 4, … over d.
    steps = torch.arange(0, d, 2, device=x.device, dtype=torch.float32)
    frequency = base ** (-steps / d)  # (d/2,), from 1 down to nearly 1 / base
    # An elementwise product: a matrix product would run in bfloat16 under autocast.
    angle = positions.float().unsqueeze(-1) * frequency  # (..., T, d/2)
    cos, sin = angle.cos(), angle.sin()

    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    even, odd = wide[..., 0::2], wide[..., 1::2]  # (..., T, d/2) each
    turned = torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1)
    return turned.flatten(-2).to(x.dtype)  # (..., T, d/2, 2) -> (..., T, d): pairs interleave
