# check: frequencies
# The exponent is i / (d/2 - 1), as in tensor2tensor's timescales, so the last frequency is 1/base.
import torch


def apply_rope(x, positions=None, base=10000.0):
    T, d = x.shape[-2:]
    if d % 2:
        raise ValueError("d must be even")
    if positions is None:
        positions = torch.arange(T, device=x.device)
    half = d // 2
    i = torch.arange(half, device=x.device, dtype=torch.float32)
    freqs = base ** (-i / max(half - 1, 1))
    angles = positions[..., None].float() * freqs
    cos, sin = angles.cos(), angles.sin()
    h = x if x.dtype == torch.float64 else x.float()
    a, b = h[..., ::2], h[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2).to(x.dtype)
