# check: keeps-norm
# Each dimension has a frequency of its own, also the two of one pair.
import torch


def apply_rope(x, positions=None, base=10000.0):
    T, d = x.shape[-2:]
    if d % 2:
        raise ValueError("d must be even")
    if positions is None:
        positions = torch.arange(T, device=x.device)
    i = torch.arange(d, device=x.device, dtype=torch.float32)
    theta = base ** (-2 * i / d)
    angle = positions[..., None].float() * theta
    h = x if x.dtype == torch.float64 else x.float()
    rotated = torch.stack((-h[..., 1::2], h[..., 0::2]), dim=-1).flatten(-2)
    return (h * angle.cos() + rotated * angle.sin()).to(x.dtype)
