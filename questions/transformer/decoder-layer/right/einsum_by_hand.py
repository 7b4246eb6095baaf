# Everything by hand: einsum attention with masked_fill, LayerNorm from rsqrt, dropout as a
# Bernoulli mask, parameters in bare modules.
import math

import torch
from torch import nn


class Bare(nn.Module):
    def __init__(self, *shape, fill=None):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(shape))
        self.bias = nn.Parameter(torch.zeros(shape[0]))
        if fill is None:
            nn.init.kaiming_uniform_(self.weight)
        else:
            nn.init.constant_(self.weight, fill)

    def linear(self, x):
        return torch.einsum("...i,oi->...o", x, self.weight) + self.bias

    def normalize(self, x):
        wide = x.float() if x.dtype in (torch.float16, torch.bfloat16) else x
        centred = wide - wide.mean(-1, keepdim=True)
        scaled = centred * torch.rsqrt(centred.pow(2).mean(-1, keepdim=True) + 1e-5)
        return (scaled * self.weight + self.bias).to(x.dtype)


def projections(width):
    module = nn.Module()
    module.in_proj_weight = nn.Parameter(torch.randn(3 * width, width) * 0.1)
    module.in_proj_bias = nn.Parameter(torch.zeros(3 * width))
    module.out_proj = Bare(width, width)
    return module


class DecoderLayer(nn.Module):
    def __init__(self, d_model, nhead, dim_feedforward, norm_first=False, dropout=0.0):
        super().__init__()
        self.nhead, self.norm_first, self.p = nhead, norm_first, dropout
        self.self_attn, self.multihead_attn = projections(d_model), projections(d_model)
        self.linear1, self.linear2 = Bare(dim_feedforward, d_model), Bare(d_model, dim_feedforward)
        self.norm1, self.norm2, self.norm3 = (Bare(d_model, fill=1.0) for _ in range(3))

    def drop(self, x):
        if not self.training or self.p == 0:
            return x
        kept = torch.full_like(x, 1 - self.p).bernoulli()
        return x * kept / (1 - self.p)

    def attention(self, which, x, source, hidden):
        """hidden: broadcastable to (B, heads, T, S), True where a query may not look."""
        parts = []
        weights, biases = which.in_proj_weight.chunk(3), which.in_proj_bias.chunk(3)
        for given, w, b in zip((x, source, source), weights, biases):
            y = torch.einsum("bti,oi->bto", given, w) + b
            parts.append(y.unflatten(-1, (self.nhead, -1)))
        q, k, v = parts
        scores = torch.einsum("bqhc,bkhc->bhqk", q, k) / math.sqrt(q.shape[-1])
        if hidden is not None:
            scores = scores.masked_fill(hidden, float("-inf"))
        weights = self.drop(torch.softmax(scores, dim=-1))
        mixed = torch.einsum("bhqk,bkhc->bqhc", weights, v).flatten(2)
        return self.drop(which.out_proj.linear(mixed))

    def forward(self, tgt, memory, memory_key_padding_mask=None):
        steps = torch.arange(tgt.shape[1], device=tgt.device)
        future = steps > steps[:, None]
        padding = memory_key_padding_mask
        padding = None if padding is None else padding[:, None, None]

        def look_back(x):
            return self.attention(self.self_attn, x, x, future)

        def look_across(x):
            return self.attention(self.multihead_attn, x, memory, padding)

        def feed_forward(x):
            hidden = self.drop(self.linear1.linear(x).clamp(min=0))
            return self.drop(self.linear2.linear(hidden))

        x = tgt
        for norm, sublayer in (
            (self.norm1, look_back),
            (self.norm2, look_across),
            (self.norm3, feed_forward),
        ):
            if self.norm_first:
                x = x + sublayer(norm.normalize(x))
            else:
                x = norm.normalize(x + sublayer(x))
        return x
