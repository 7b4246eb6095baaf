# check: runs
# Features run along the first dimension and positions along the second.
import torch


def sinusoidal_table(num_positions, d_model):
    pos = torch.arange(num_positions, dtype=torch.float32)
    freq = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float32) / d_model)
    angle = freq[:, None] * pos
    return torch.stack((angle.sin(), angle.cos()), dim=1).flatten(0, 1)[:d_model]
