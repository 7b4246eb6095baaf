# A 2×2 matrix for each position and pair, applied by an explicit sum, not by a matrix product.
import torch


def apply_rope(x, positions=None, base=10000.0):
    T, d = x.shape[-2:]
    if d % 2:
        raise ValueError(d)
    pos = torch.arange(T, device=x.device) if positions is None else positions
    frequency = torch.exp(-torch.log(torch.tensor(base, dtype=torch.float64)).item()
                          * torch.arange(0, d, 2, device=x.device, dtype=torch.float64) / d)
    angle = pos[..., None].to(torch.float64) * frequency
    first_row = torch.stack((angle.cos(), -angle.sin()), dim=-1)
    second_row = torch.stack((angle.sin(), angle.cos()), dim=-1)
    matrix = torch.stack((first_row, second_row), dim=-2)  # (..., T, d/2, 2, 2)
    pairs = x.unflatten(-1, (d // 2, 2)).to(torch.float64)
    turned = (matrix * pairs.unsqueeze(-2)).sum(-1)
    return turned.flatten(-2).to(x.dtype)
