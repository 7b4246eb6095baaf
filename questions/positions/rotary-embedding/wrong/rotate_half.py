# check: adjacent-pairs
# The layout of GPT-NeoX and Hugging Face's Llama: dimension i is paired with i + d/2.
import torch


def rotate_half(x):
    x1, x2 = x.chunk(2, dim=-1)
    return torch.cat((-x2, x1), dim=-1)


def apply_rope(x, positions=None, base=10000.0):
    T, d = x.shape[-2:]
    if d % 2:
        raise ValueError("d must be even")
    if positions is None:
        positions = torch.arange(T, device=x.device)
    inv_freq = 1.0 / (base ** (torch.arange(0, d, 2, device=x.device).float() / d))
    freqs = positions[..., None].float() * inv_freq
    emb = torch.cat((freqs, freqs), dim=-1)
    h = x if x.dtype == torch.float64 else x.float()
    return (h * emb.cos() + rotate_half(h) * emb.sin()).to(x.dtype)
