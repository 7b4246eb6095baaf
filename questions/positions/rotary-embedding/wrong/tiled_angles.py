# check: keeps-norm
# Adjacent pairs, but the angles are laid out for halves: cat((a, a)) instead of a, a, b, b.
import torch


def rotate_every_two(x):
    return torch.stack((-x[..., 1::2], x[..., 0::2]), dim=-1).flatten(-2)


def apply_rope(x, positions=None, base=10000.0):
    T, d = x.shape[-2:]
    if d % 2:
        raise ValueError("d must be even")
    if positions is None:
        positions = torch.arange(T, device=x.device)
    theta = base ** (-torch.arange(0, d, 2, device=x.device).float() / d)
    angle = positions[..., None].float() * theta
    angle = torch.cat((angle, angle), dim=-1)
    h = x if x.dtype == torch.float64 else x.float()
    return (h * angle.cos() + rotate_every_two(h) * angle.sin()).to(x.dtype)
