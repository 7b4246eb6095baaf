# check: runs
# A leading dimension for the batch is added, as where the table is kept as a buffer.
import torch


def sinusoidal_table(num_positions, d_model):
    pos = torch.arange(num_positions, dtype=torch.float32).unsqueeze(1)
    freq = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float32) / d_model)
    pe = torch.zeros(1, num_positions, d_model, dtype=torch.float32)
    pe[0, :, 0::2] = torch.sin(pos * freq)
    pe[0, :, 1::2] = torch.cos(pos * freq[: d_model // 2])
    return pe
