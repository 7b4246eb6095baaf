# check: position-zero
# All sines first, then all cosines, as tensor2tensor lays them out.
import torch


def sinusoidal_table(num_positions, d_model):
    pos = torch.arange(num_positions, dtype=torch.float32)
    freq = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float32) / d_model)
    angle = pos[:, None] * freq
    return torch.cat((angle.sin(), angle[:, : d_model // 2].cos()), dim=1)
