# Outer product as a matrix product, with autocast off; sines and cosines woven by a view.
import torch


def sinusoidal_table(num_positions, d_model):
    half = -(-d_model // 2)
    with torch.autocast("cpu", enabled=False):
        p = torch.linspace(0, max(num_positions - 1, 0), num_positions, dtype=torch.float64)
        freq = torch.logspace(
            0, -8 * (half - 1) / d_model, half, base=10.0, dtype=torch.float64
        )
        angle = p[:, None] @ freq[None, :]
    table = torch.empty(num_positions, half, 2, dtype=torch.float32)
    table[..., 0] = angle.sin()
    table[..., 1] = angle.cos()
    return table.view(num_positions, 2 * half).narrow(1, 0, d_model).contiguous()
