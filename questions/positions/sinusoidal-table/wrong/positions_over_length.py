# check: own-position
# Positions are scaled to [0, 1) by the number of rows.
import torch


def sinusoidal_table(num_positions, d_model):
    pos = torch.arange(num_positions, dtype=torch.float32) / max(num_positions, 1)
    freq = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float32) / d_model)
    angle = pos[:, None] * freq
    return torch.stack((angle.sin(), angle.cos()), dim=-1).flatten(1)[:, :d_model]
