# x · cos + rotate_every_two(x) · sin, with each angle repeated for both entries of its pair.
import torch


def rotate_every_two(x):
    return torch.stack((-x[..., 1::2], x[..., 0::2]), dim=-1).flatten(-2)


def apply_rope(x, positions=None, base=10000.0):
    seq_len, dim = x.shape[-2], x.shape[-1]
    assert dim % 2 == 0
    if positions is None:
        positions = torch.arange(seq_len, device=x.device)
    inv_freq = 1.0 / (base ** (torch.arange(0, dim, 2, device=x.device).float() / dim))
    angles = positions.float().unsqueeze(-1) * inv_freq
    angles = torch.repeat_interleave(angles, 2, dim=-1)
    # cos and sin in x's dtype, as most model code does: only the angle must be exact.
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    return x * cos + rotate_every_two(x) * sin
