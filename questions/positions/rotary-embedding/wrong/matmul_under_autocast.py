# check: autocast
# The outer product is written as a matrix product, which autocast runs in bfloat16.
import torch


def apply_rope(x, positions=None, base=10000.0):
    T, d = x.shape[-2:]
    if d % 2:
        raise ValueError("d must be even")
    if positions is None:
        positions = torch.arange(T, device=x.device)
    inv_freq = base ** (-torch.arange(0, d, 2, device=x.device).float() / d)
    freqs = positions[..., None].float() @ inv_freq[None, :]
    cos, sin = freqs.cos(), freqs.sin()
    h = x if x.dtype == torch.float64 else x.float()
    x1, x2 = h[..., 0::2], h[..., 1::2]
    out = torch.stack([x1 * cos - x2 * sin, x1 * sin + x2 * cos], dim=-1)
    return out.flatten(-2).to(x.dtype)
