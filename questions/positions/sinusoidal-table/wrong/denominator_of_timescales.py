# check: frequencies
# The exponent is i / (d/2 - 1), so that the last frequency is 1/10000 (tensor2tensor).
import math

import torch


def sinusoidal_table(num_positions, d_model):
    num_timescales = (d_model + 1) // 2
    increment = math.log(10000.0) / max(num_timescales - 1, 1)
    inv = torch.exp(torch.arange(num_timescales, dtype=torch.float32) * -increment)
    angle = torch.arange(num_positions, dtype=torch.float32)[:, None] * inv
    return torch.stack((angle.sin(), angle.cos()), dim=-1).flatten(1)[:, :d_model]
