# check: keeps-norm
# Both sines have a plus: the pair is swapped, but the swapped one is not negated.
import torch


def swap_pairs(x):
    return torch.stack((x[..., 1::2], x[..., 0::2]), dim=-1).flatten(-2)


def apply_rope(x, positions=None, base=10000.0):
    T, d = x.shape[-2:]
    if d % 2:
        raise ValueError("d must be even")
    if positions is None:
        positions = torch.arange(T, device=x.device)
    theta = base ** (-torch.arange(0, d, 2, device=x.device).float() / d)
    angle = (positions[..., None].float() * theta).repeat_interleave(2, dim=-1)
    h = x if x.dtype == torch.float64 else x.float()
    return (h * angle.cos() + swap_pairs(h) * angle.sin()).to(x.dtype)
