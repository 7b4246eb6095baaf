# check: one-radian
# Rebinding the names of two slices does not write into the tensor they were taken from.
import torch


def apply_rope(x, positions=None, base=10000.0):
    T, d = x.shape[-2:]
    if d % 2:
        raise ValueError("d must be even")
    if positions is None:
        positions = torch.arange(T, device=x.device)
    theta = base ** (-torch.arange(0, d, 2, device=x.device).float() / d)
    angle = positions[..., None].float() * theta
    cos, sin = angle.cos(), angle.sin()
    out = x.clone()
    even, odd = out[..., 0::2], out[..., 1::2]
    even, odd = even * cos - odd * sin, even * sin + odd * cos
    return out
