# Angles in float32 with autocast off, cos and sin and the rotation in x's own dtype; addcmul.
import torch


def cos_sin(positions, d, base, dtype):
    with torch.autocast(positions.device.type, enabled=False):
        inv_freq = base ** -(torch.arange(d // 2, device=positions.device).float() / (d // 2))
        freqs = positions.float()[..., None] @ inv_freq[None, :]
        return freqs.cos().to(dtype), freqs.sin().to(dtype)


def apply_rope(x, positions=None, base=10000.0):
    T, d = x.shape[-2:]
    if d % 2:
        raise RuntimeError("head dimension must be even")
    if positions is None:
        positions = torch.arange(T, device=x.device)
    cos, sin = cos_sin(positions, d, base, x.dtype)
    q = x.unflatten(-1, (-1, 2))
    even, odd = q[..., 0], q[..., 1]
    y = torch.stack((torch.addcmul(even * cos, odd, sin, value=-1), torch.addcmul(odd * cos, even, sin)), -1)
    return y.view(*x.shape)
