# check: own-position
# cos and sin are cached by shape alone, so a later call with another base gets the old table.
import torch

_cache = {}


def angles(positions, d, base):
    theta = base ** (-torch.arange(0, d, 2, device=positions.device).float() / d)
    return positions[..., None].float() * theta


def apply_rope(x, positions=None, base=10000.0):
    T, d = x.shape[-2:]
    if d % 2:
        raise ValueError("d must be even")
    if positions is None:
        key = (T, d, x.device)
        if key not in _cache:
            _cache[key] = angles(torch.arange(T, device=x.device), d, base)
        angle = _cache[key]
    else:
        angle = angles(positions, d, base)
    cos, sin = angle.cos(), angle.sin()
    h = x if x.dtype == torch.float64 else x.float()
    x1, x2 = h[..., 0::2], h[..., 1::2]
    out = torch.stack([x1 * cos - x2 * sin, x1 * sin + x2 * cos], dim=-1)
    return out.flatten(-2).to(x.dtype)
