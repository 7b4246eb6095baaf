# Heads stay in dimension 2 and einsum does the rest; an additive mask; q is scaled, not the scores.
import math

import torch
from torch import nn


def rope(x, first):
    # x: (B, T, H, d_h)
    t, d = x.size(1), x.size(3)
    i = torch.arange(d // 2, device=x.device)
    p = torch.arange(first, first + t, device=x.device)
    angle = torch.einsum("t,i->ti", p.float(), torch.exp(-math.log(10000) * 2 * i.float() / d))
    cos, sin = (f(angle).to(x.dtype)[None, :, None, :, None] for f in (torch.cos, torch.sin))
    pairs = x.reshape(*x.shape[:3], d // 2, 2)
    swapped = torch.stack((-pairs[..., 1], pairs[..., 0]), -1)
    return (pairs * cos + swapped * sin).reshape(x.shape)


class CachedAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.h, rest = num_heads, d_model % num_heads
        self.d = d_model // num_heads
        if rest or self.d % 2:
            raise ValueError((d_model, num_heads))
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (
            nn.Linear(d_model, d_model, bias=False) for _ in range(4)
        )

    def forward(self, x, cache=None):
        heads = (*x.shape[:2], self.h, self.d)
        p = 0 if cache is None else cache[0].shape[2]
        q = rope(self.q_proj(x).reshape(heads), p) / math.sqrt(self.d)
        k = rope(self.k_proj(x).reshape(heads), p).transpose(1, 2)
        v = self.v_proj(x).reshape(heads).transpose(1, 2)
        if cache is not None:
            k, v = torch.cat((cache[0], k), 2), torch.cat((cache[1], v), 2)
        bias = torch.full((q.size(1), k.size(2)), -math.inf, dtype=x.dtype, device=x.device)
        scores = torch.einsum("bthd,bhsd->bhts", q, k) + bias.triu(p + 1)
        y = torch.einsum("bhts,bhsd->bthd", scores.softmax(-1), v)
        return self.o_proj(y.flatten(-2)), (k, v)
