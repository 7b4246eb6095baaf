# check: far-positions
# Positions are made in bfloat16, which has no 257; the rest is float32.
import torch


def sinusoidal_table(num_positions, d_model):
    pos = torch.arange(num_positions).to(torch.bfloat16)
    freq = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float32) / d_model)
    angle = pos[:, None] * freq
    return torch.stack((angle.sin(), angle.cos()), dim=-1).flatten(1)[:, :d_model]
