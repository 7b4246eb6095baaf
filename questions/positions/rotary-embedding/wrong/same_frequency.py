# check: frequencies
# Every pair turns by the position itself, with no frequency of its own.
import torch


def apply_rope(x, positions=None, base=10000.0):
    if x.shape[-1] % 2:
        raise ValueError("d must be even")
    if positions is None:
        positions = torch.arange(x.shape[-2], device=x.device)
    angle = positions.float()[..., None]
    cos, sin = torch.cos(angle), torch.sin(angle)
    h = x if x.dtype == torch.float64 else x.float()
    even, odd = h[..., 0::2], h[..., 1::2]
    out = torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1)
    return out.flatten(-2).to(x.dtype)
