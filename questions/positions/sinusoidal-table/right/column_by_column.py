# Columns are made one at a time, and stacked along the last dimension.
import torch


def sinusoidal_table(num_positions, d_model):
    p = torch.arange(num_positions, dtype=torch.float32)
    columns = []
    for j in range(d_model):
        angle = p * 10000 ** (-(j // 2 * 2) / d_model)
        columns.append(angle.cos() if j & 1 else angle.sin())
    return torch.stack(columns, dim=-1)
