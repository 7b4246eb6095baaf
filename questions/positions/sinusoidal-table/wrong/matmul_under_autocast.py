# check: autocast
# The outer product is a matrix product, which autocast runs in bfloat16.
import torch


def sinusoidal_table(num_positions, d_model):
    pos = torch.arange(num_positions, dtype=torch.float32).unsqueeze(1)
    freq = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float32) / d_model)
    angle = torch.matmul(pos, freq.unsqueeze(0))
    pe = torch.zeros(num_positions, d_model, dtype=torch.float32)
    pe[:, 0::2] = torch.sin(angle)
    pe[:, 1::2] = torch.cos(angle[:, : d_model // 2])
    return pe
