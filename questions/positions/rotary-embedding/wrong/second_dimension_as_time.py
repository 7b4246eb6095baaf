# check: any-leading-dims
# Tokens are taken to lie along dimension 1, as in (B, T, H, d).
import torch


def apply_rope(x, positions=None, base=10000.0):
    T, d = x.shape[1], x.shape[-1]
    if d % 2:
        raise ValueError("d must be even")
    if positions is None:
        positions = torch.arange(T, device=x.device)
    theta = base ** (-torch.arange(0, d, 2, device=x.device).float() / d)
    angle = positions[..., None].float() * theta
    if angle.ndim == 2:
        shape = [n if i in (1, x.ndim - 1) else 1 for i, n in enumerate(x.shape)]
        angle = angle.reshape(*shape[:-1], d // 2)
    cos, sin = angle.cos(), angle.sin()
    h = x if x.dtype == torch.float64 else x.float()
    x1, x2 = h[..., 0::2], h[..., 1::2]
    out = torch.stack([x1 * cos - x2 * sin, x1 * sin + x2 * cos], dim=-1)
    return out.flatten(-2).to(x.dtype)
