"""The sinusoidal position table (Vaswani et al., 2017, section 3.5)."""

import torch
from torch import Tensor


def sinusoidal_table(num_positions: int, d_model: int) -> Tensor:
    """Row p holds sin(p · ω_i) in column 2i and cos(p · ω_i) in column 2i + 1."""
    # dtypes are named, not left to the default, which is bfloat16 where a model is built in it.
    positions = torch.arange(num_positions, dtype=torch.float32)
    # The step of 2 is the 2 of 2i. An odd width has one sine more than it has cosines.
    steps = torch.arange(0, d_model, 2, dtype=torch.float32)
    frequencies = 10000.0 ** (-steps / d_model)  # (⌈d/2⌉,), from 1 down to nearly 1/10000
    # An elementwise product: a matrix product would run in bfloat16 under autocast.
    angles = positions[:, None] * frequencies  # (T, ⌈d/2⌉)
    pairs = torch.stack((angles.sin(), angles.cos()), dim=-1)  # (T, ⌈d/2⌉, 2)
    return pairs.flatten(1)[:, :d_model]  # pairs interleave; an odd width drops the last cosine
