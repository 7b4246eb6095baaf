# check: frequencies
# The minus of the exponent is missing: frequencies grow from 1 to nearly base.
import torch


def apply_rope(x, positions=None, base=10000.0):
    T, d = x.shape[-2:]
    if d % 2:
        raise ValueError(f"odd dimension {d}")
    if positions is None:
        positions = torch.arange(T, device=x.device)
    freqs = base ** (torch.arange(0, d, 2, device=x.device).float() / d)
    angles = positions[..., None].float() * freqs
    cos, sin = angles.cos(), angles.sin()
    h = x if x.dtype == torch.float64 else x.float()
    a, b = h[..., ::2], h[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2).to(x.dtype)
