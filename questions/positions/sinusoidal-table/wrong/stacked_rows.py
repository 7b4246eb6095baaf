# check: edges
# A list of rows is stacked, and there is no stack of no rows.
import torch


def sinusoidal_table(num_positions, d_model):
    column = torch.arange(d_model)
    wavelength = 10000.0 ** ((column - column % 2).to(torch.float32) / d_model)
    rows = []
    for p in range(num_positions):
        angle = p / wavelength
        rows.append(torch.where(column % 2 == 0, angle.sin(), angle.cos()))
    return torch.stack(rows)
