# check: odd-values
# An odd width gets a column of zeros, as in tensor2tensor, where a sine belongs.
import torch
import torch.nn.functional as F


def sinusoidal_table(num_positions, d_model):
    pos = torch.arange(num_positions, dtype=torch.float32)
    i = torch.arange(d_model // 2, dtype=torch.float32)
    angle = pos[:, None] * 10000.0 ** (-2 * i / d_model)
    table = torch.stack((angle.sin(), angle.cos()), dim=-1).flatten(1)
    return F.pad(table, (0, d_model % 2))
