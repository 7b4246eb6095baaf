# Zeros filled by strided slices, with frequencies from exp and log.
import math

import torch


def sinusoidal_table(num_positions, d_model):
    pe = torch.zeros(num_positions, d_model, dtype=torch.float32)
    position = torch.arange(0, num_positions, dtype=torch.float32).unsqueeze(1)
    div_term = torch.exp(
        torch.arange(0, d_model, 2, dtype=torch.float32) * -(math.log(10000.0) / d_model)
    )
    pe[:, 0::2] = torch.sin(position * div_term)
    pe[:, 1::2] = torch.cos(position * div_term)[:, : d_model // 2]
    return pe
