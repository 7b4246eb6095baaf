# check: position-zero
# Sines and cosines are added, as in the sinusoidal encoding.
import torch


def apply_rope(x, positions=None, base=10000.0):
    T, d = x.shape[-2:]
    if d % 2:
        raise ValueError("d must be even")
    if positions is None:
        positions = torch.arange(T, device=x.device)
    freqs = base ** (-torch.arange(0, d, 2, device=x.device).float() / d)
    angles = positions[..., None].float() * freqs
    encoding = torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(-2)
    h = x if x.dtype == torch.float64 else x.float()
    return (h + encoding).to(x.dtype)
