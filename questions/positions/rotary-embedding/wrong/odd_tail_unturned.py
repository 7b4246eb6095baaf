# check: odd-dimension
# An odd last entry is passed on as it is.
import torch


def apply_rope(x, positions=None, base=10000.0):
    T, d = x.shape[-2:]
    even_d = d - d % 2
    if positions is None:
        positions = torch.arange(T, device=x.device)
    theta = base ** (-torch.arange(0, even_d, 2, device=x.device).float() / d)
    angle = positions[..., None].float() * theta
    cos, sin = angle.cos(), angle.sin()
    h = x if x.dtype == torch.float64 else x.float()
    x1, x2 = h[..., 0:even_d:2], h[..., 1:even_d:2]
    out = torch.stack([x1 * cos - x2 * sin, x1 * sin + x2 * cos], dim=-1).flatten(-2)
    return torch.cat((out, h[..., even_d:]), dim=-1).to(x.dtype)
