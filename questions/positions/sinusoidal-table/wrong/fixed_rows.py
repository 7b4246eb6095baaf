# check: long-table
# 5000 rows are made, whatever is asked for, and cut.
import torch

MAX_LEN = 5000


def sinusoidal_table(num_positions, d_model):
    pos = torch.arange(MAX_LEN, dtype=torch.float32).unsqueeze(1)
    freq = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float32) / d_model)
    pe = torch.zeros(MAX_LEN, d_model, dtype=torch.float32)
    pe[:, 0::2] = torch.sin(pos * freq)
    pe[:, 1::2] = torch.cos(pos * freq[: d_model // 2])
    return pe[:num_positions]
