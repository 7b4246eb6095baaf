# Angles for all columns, 2 · (j // 2) as the exponent, and torch.where for the parity.
import torch


def sinusoidal_table(num_positions, d_model):
    j = torch.arange(d_model)
    exponent = (2 * (j // 2)).to(torch.float32) / d_model
    angle = torch.outer(
        torch.arange(num_positions).to(torch.float32),
        torch.reciprocal(torch.pow(torch.tensor(10000.0, dtype=torch.float32), exponent)),
    )
    return torch.where(j % 2 == 1, torch.cos(angle), torch.sin(angle))
