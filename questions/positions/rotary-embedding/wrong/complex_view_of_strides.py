# check: layouts
# view_as_complex needs pairs that lie next to each other in memory.
import torch


def apply_rope(x, positions=None, base=10000.0):
    T, d = x.shape[-2:]
    if d % 2:
        raise ValueError("d must be even")
    if positions is None:
        positions = torch.arange(T, device=x.device)
    theta = base ** (-torch.arange(0, d, 2, device=x.device).float() / d)
    angle = positions[..., None].float() * theta
    h = x if x.dtype == torch.float64 else x.float()
    pairs = torch.view_as_complex(h.view(*x.shape[:-1], d // 2, 2))
    turned = pairs * torch.polar(torch.ones_like(angle), angle)
    return torch.view_as_real(turned).flatten(-2).to(x.dtype)
