# cos and sin are tables: buffers that are not saved, made once; the causal mask is a buffer too.
import torch
from torch import nn

MAX = 4096


class CachedAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        head_dim, rest = divmod(d_model, num_heads)
        if rest or head_dim % 2:
            raise ValueError(f"bad sizes: {d_model}, {num_heads}")
        self.num_heads, self.head_dim = num_heads, head_dim
        self.q_proj = nn.Linear(d_model, d_model, bias=False)
        self.k_proj = nn.Linear(d_model, d_model, bias=False)
        self.v_proj = nn.Linear(d_model, d_model, bias=False)
        self.o_proj = nn.Linear(d_model, d_model, bias=False)
        inv_freq = 1.0 / (10000 ** (torch.arange(0, head_dim, 2).float() / head_dim))
        angle = torch.arange(MAX).float()[:, None] * inv_freq
        self.register_buffer("cos", angle.cos().repeat_interleave(2, -1), persistent=False)
        self.register_buffer("sin", angle.sin().repeat_interleave(2, -1), persistent=False)

    def rope(self, x, start):
        stop = start + x.shape[2]
        cos, sin = self.cos[start:stop].to(x.dtype), self.sin[start:stop].to(x.dtype)
        turned = torch.stack((-x[..., 1::2], x[..., ::2]), dim=-1).flatten(-2)
        return x * cos + turned * sin

    def forward(self, x, cache=None):
        batch, new, width = x.shape
        shape = (batch, new, self.num_heads, self.head_dim)
        q = self.q_proj(x).view(shape).transpose(1, 2)
        k = self.k_proj(x).view(shape).transpose(1, 2)
        v = self.v_proj(x).view(shape).transpose(1, 2)
        start = 0
        if cache is not None:
            old_k, old_v = cache
            start = old_k.shape[2]
        q, k = self.rope(q, start), self.rope(k, start)
        if cache is not None:
            k = torch.cat((old_k, k), dim=2)
            v = torch.cat((old_v, v), dim=2)
        scores = q @ k.transpose(2, 3) * self.head_dim**-0.5
        keep = torch.ones(start + new, start + new, device=x.device).tril().bool()[start:]
        scores = torch.where(keep, scores, torch.tensor(-torch.inf, dtype=x.dtype, device=x.device))
        y = torch.softmax(scores.float(), dim=-1).to(x.dtype) if x.dtype != torch.float64 else scores.softmax(-1)
        y = (y @ v).transpose(1, 2).contiguous().view(batch, new, width)
        return self.o_proj(y), (k, v)
