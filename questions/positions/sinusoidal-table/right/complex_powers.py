# Powers of e^(i·frequency): each row is the one before, turned once more (complex128 cumprod).
import torch


def sinusoidal_table(num_positions, d_model):
    frequency = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)
    step = torch.polar(torch.ones_like(frequency), frequency)
    steps = step.expand(num_positions, -1).clone()
    steps[:1] = 1
    z = torch.cumprod(steps, dim=0)
    table = torch.stack((z.imag, z.real), dim=2).reshape(num_positions, 2 * len(frequency))
    return table[:, :d_model].float()
