# A Linear of its own, and one fused product of the three concatenated weights in self-attention.
import torch
from torch import nn


class Affine(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(size))
        self.weight = nn.Parameter(torch.randn(size, size) * 0.02)

    def forward(self, x):
        return torch.einsum("...i,oi->...o", x, self.weight) + self.bias


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads:
            raise TypeError("heads of unequal width")
        self.num_heads = num_heads
        self.q_proj, self.k_proj = Affine(d_model), Affine(d_model)
        self.v_proj, self.o_proj = Affine(d_model), Affine(d_model)

    def project(self, q, k, v):
        if q is k and k is v:
            three = (self.q_proj, self.k_proj, self.v_proj)
            weight = torch.cat([one.weight for one in three])
            bias = torch.cat([one.bias for one in three])
            return nn.functional.linear(q, weight, bias).chunk(3, dim=-1)
        return self.q_proj(q), self.k_proj(k), self.v_proj(v)

    def forward(self, q, k=None, v=None, mask=None):
        k = q if k is None else k
        v = k if v is None else v
        q, k, v = (x.unflatten(2, (self.num_heads, -1)).swapaxes(1, 2) for x in self.project(q, k, v))
        log_weights = (q @ k.mT / q.shape[-1] ** 0.5)
        if mask is not None:
            mask = mask if mask.dim() == 2 else mask.unsqueeze(1)
            log_weights = log_weights.masked_fill(~mask, torch.finfo(log_weights.dtype).min)
        weights = log_weights.log_softmax(-1).exp()
        weights = weights if mask is None else weights * mask.to(weights.dtype)
        return self.o_proj((weights @ v).swapaxes(1, 2).flatten(-2))
