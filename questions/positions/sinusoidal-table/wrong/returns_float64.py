# check: float32
# Everything is computed in float64, and never converted.
import torch


def sinusoidal_table(num_positions, d_model):
    pos = torch.arange(num_positions, dtype=torch.float64)
    freq = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)
    angle = pos[:, None] * freq
    return torch.stack((angle.sin(), angle.cos()), dim=-1).flatten(1)[:, :d_model]
