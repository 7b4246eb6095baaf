# A table of cos and sin as long as the largest position asks, indexed by position.
import torch


def table(rows, d, base, device):
    t = torch.arange(rows, device=device, dtype=torch.float32)
    theta = torch.pow(base, -torch.arange(0, d, 2, device=device, dtype=torch.float32) / d)
    angle = torch.einsum("t,f->tf", t, theta)
    return torch.cos(angle), torch.sin(angle)


def apply_rope(x, positions=None, base=10000.0):
    T, d = x.shape[-2:]
    if d % 2:
        raise ValueError(f"{d} is odd")
    if positions is None:
        cos, sin = table(T, d, base, x.device)
    else:
        cos, sin = (one[positions] for one in table(int(positions.max()) + 1, d, base, x.device))
    dtype = torch.float64 if x.dtype == torch.float64 else torch.float32
    y = torch.empty_like(x, dtype=dtype)
    even, odd = x[..., ::2].to(dtype), x[..., 1::2].to(dtype)
    y[..., ::2] = even * cos - odd * sin
    y[..., 1::2] = odd * cos + even * sin
    return y.to(x.dtype)
