# Everything by hand: einsum attention with masked_fill, LayerNorm from rsqrt, dropout as a
# Bernoulli mask, parameters in bare modules; src_key_padding_mask by keyword only.
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


class EncoderLayer(nn.Module):
    def __init__(self, d_model, nhead, dim_feedforward, norm_first=False, dropout=0.0):
        super().__init__()
        self.nhead, self.norm_first, self.p = nhead, norm_first, dropout
        self.self_attn = nn.Module()
        self.self_attn.in_proj_weight = nn.Parameter(torch.randn(3 * d_model, d_model) * 0.1)
        self.self_attn.in_proj_bias = nn.Parameter(torch.zeros(3 * d_model))
        self.self_attn.out_proj = Bare(d_model, d_model)
        self.linear1, self.linear2 = Bare(dim_feedforward, d_model), Bare(d_model, dim_feedforward)
        self.norm1, self.norm2 = Bare(d_model, fill=1.0), Bare(d_model, fill=1.0)

    def drop(self, x):
        if not self.training or self.p == 0:
            return x
        kept = torch.full_like(x, 1 - self.p).bernoulli()
        return x * kept / (1 - self.p)

    def attention(self, x, hidden):
        parts = []
        weights, biases = self.self_attn.in_proj_weight, self.self_attn.in_proj_bias
        for w, b in zip(weights.chunk(3), biases.chunk(3)):
            y = torch.einsum("bti,oi->bto", x, w) + b
            parts.append(y.unflatten(-1, (self.nhead, -1)))
        q, k, v = parts
        scores = torch.einsum("bqhc,bkhc->bhqk", q, k) / math.sqrt(q.shape[-1])
        if hidden is not None:
            scores = scores.masked_fill(hidden[:, None, None], float("-inf"))
        weights = self.drop(torch.softmax(scores, dim=-1))
        mixed = torch.einsum("bhqk,bkhc->bqhc", weights, v).flatten(2)
        return self.drop(self.self_attn.out_proj.linear(mixed))

    def feed_forward(self, x):
        hidden = self.drop(self.linear1.linear(x).clamp(min=0))
        return self.drop(self.linear2.linear(hidden))

    def forward(self, src, *, src_key_padding_mask=None):
        if self.norm_first:
            x = src + self.attention(self.norm1.normalize(src), src_key_padding_mask)
            return x + self.feed_forward(self.norm2.normalize(x))
        x = self.norm1.normalize(src + self.attention(src, src_key_padding_mask))
        return self.norm2.normalize(x + self.feed_forward(x))
