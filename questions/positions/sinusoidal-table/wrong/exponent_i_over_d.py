# check: frequencies
# The exponent is i / d instead of 2i / d.
import torch


def sinusoidal_table(num_positions, d_model):
    pos = torch.arange(num_positions, dtype=torch.float32).unsqueeze(1)
    i = torch.arange((d_model + 1) // 2, dtype=torch.float32)
    angle = pos / 10000.0 ** (i / d_model)
    pe = torch.zeros(num_positions, d_model, dtype=torch.float32)
    pe[:, 0::2] = torch.sin(angle)
    pe[:, 1::2] = torch.cos(angle[:, : d_model // 2])
    return pe
