# One sine for all columns: a cosine is a sine a quarter turn ahead. In float64, rounded at the end.
import math

import torch


def sinusoidal_table(num_positions, d_model):
    T, d = num_positions, d_model
    j = torch.arange(d, dtype=torch.float64)
    pair = torch.floor(j / 2)
    phase = (j - 2 * pair) * (math.pi / 2)
    p = torch.arange(T, dtype=torch.float64).reshape(T, 1)
    return torch.sin(p * torch.pow(10000.0, -2 * pair / d) + phase).to(torch.float32)
