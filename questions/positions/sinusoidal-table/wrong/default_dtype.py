# check: default-dtype
# arange(0.0, …) and zeros take the default dtype, which need not be float32.
import math

import torch


def sinusoidal_table(num_positions, d_model):
    pos = torch.arange(0.0, num_positions).unsqueeze(1)
    div = torch.exp(torch.arange(0.0, d_model, 2) * (-math.log(10000.0) / d_model))
    pe = torch.zeros(num_positions, d_model)
    pe[:, 0::2] = torch.sin(pos * div)
    pe[:, 1::2] = torch.cos(pos * div[: d_model // 2])
    return pe
