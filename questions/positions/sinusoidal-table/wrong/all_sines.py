# check: position-zero
# Every column is a sine; the cosine is missing.
import torch


def sinusoidal_table(num_positions, d_model):
    pos = torch.arange(num_positions, dtype=torch.float32).unsqueeze(1)
    pair = torch.arange(d_model, dtype=torch.float32).div(2, rounding_mode="floor")
    return torch.sin(pos / 10000.0 ** (2 * pair / d_model))
