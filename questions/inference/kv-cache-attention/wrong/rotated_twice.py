# check: cache-grows
# Turns the whole of the keys after appending: cached ones are turned again in every call.
import torch
from torch import nn


def apply_rope(x, start):
    t, d = x.shape[-2:]
    freq = 10000 ** (-torch.arange(0, d, 2, device=x.device).float() / d)
    pos = torch.arange(start, start + t, device=x.device).float()
    angle = torch.outer(pos, freq)
    cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), dim=-1).flatten(-2)


class CachedAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads or (d_model // num_heads) % 2:
            raise ValueError("d_model must split into heads of even size")
        self.num_heads = num_heads
        self.head_dim = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model, bias=False)
        self.k_proj = nn.Linear(d_model, d_model, bias=False)
        self.v_proj = nn.Linear(d_model, d_model, bias=False)
        self.o_proj = nn.Linear(d_model, d_model, bias=False)

    def split(self, x):
        b, t, _ = x.shape
        return x.view(b, t, self.num_heads, self.head_dim).transpose(1, 2)

    def forward(self, x, cache=None):
        b, t, d = x.shape
        past = 0 if cache is None else cache[0].shape[2]
        q = self.split(self.q_proj(x))
        k = self.split(self.k_proj(x))
        v = self.split(self.v_proj(x))
        q = apply_rope(q, past)
        if cache is not None:
            k = torch.cat([cache[0], k], dim=2)
            v = torch.cat([cache[1], v], dim=2)
        k = apply_rope(k, 0)

        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        visible = torch.ones(t, past + t, dtype=torch.bool, device=x.device).tril(past)
        scores = scores.masked_fill(~visible, float("-inf"))
        out = scores.softmax(dim=-1) @ v
        out = out.transpose(1, 2).reshape(b, t, d)
        return self.o_proj(out), (k, v)
