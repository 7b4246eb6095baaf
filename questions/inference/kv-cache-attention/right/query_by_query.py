# One query at a time against a slice of the keys: no mask is needed. The returned cache is detached.
import torch
from torch import nn


class CachedAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("num_heads must divide d_model")
        if (d_model // num_heads) % 2 != 0:
            raise ValueError("head size must be even")
        self.n_heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model, False)
        self.k_proj = nn.Linear(d_model, d_model, False)
        self.v_proj = nn.Linear(d_model, d_model, False)
        self.o_proj = nn.Linear(d_model, d_model, False)

    def rope(self, x, p):
        # x: (B, H, d_h), one position
        half = x.shape[-1] // 2
        i = torch.arange(half, device=x.device, dtype=torch.float32)
        angle = p * torch.pow(10000.0, -i / half)
        c, s = torch.cos(angle).to(x.dtype), torch.sin(angle).to(x.dtype)
        out = torch.empty_like(x)
        out[..., ::2] = x[..., ::2] * c - x[..., 1::2] * s
        out[..., 1::2] = x[..., ::2] * s + x[..., 1::2] * c
        return out

    def forward(self, x, cache=None):
        b, t, d = x.shape
        keys = [] if cache is None else list(cache[0].unbind(2))
        values = [] if cache is None else list(cache[1].unbind(2))
        outputs = []
        for token in x.unbind(1):
            q, k, v = (
                p(token).reshape(b, self.n_heads, -1) for p in (self.q_proj, self.k_proj, self.v_proj)
            )
            position = len(keys)
            keys.append(self.rope(k, position))
            values.append(v)
            q = self.rope(q, position)
            score = torch.stack([(q * key).sum(-1) for key in keys], -1) / q.shape[-1] ** 0.5
            weight = torch.exp(score - score.amax(-1, keepdim=True))
            weight = weight / weight.sum(-1, keepdim=True)
            out = sum(weight[..., j, None] * value for j, value in enumerate(values))
            outputs.append(self.o_proj(out.reshape(b, d)))
        cache = torch.stack(keys, 2).detach(), torch.stack(values, 2).detach()
        return torch.stack(outputs, 1), cache
