# check: pair-norm
# Column j gets the exponent j / d, so a sine and its cosine have two frequencies.
import torch


def sinusoidal_table(num_positions, d_model):
    pos = torch.arange(num_positions, dtype=torch.float32).unsqueeze(1)
    angle = pos / 10000.0 ** (torch.arange(d_model, dtype=torch.float32) / d_model)
    pe = torch.empty(num_positions, d_model, dtype=torch.float32)
    pe[:, 0::2] = torch.sin(angle[:, 0::2])
    pe[:, 1::2] = torch.cos(angle[:, 1::2])
    return pe
