# The masked softmax as an autograd.Function with its gradient written out.
import math

import torch
from torch import nn


class MaskedSoftmax(torch.autograd.Function):
    @staticmethod
    def forward(ctx, scores, seen):
        top = scores.masked_fill(~seen, torch.finfo(scores.dtype).min).amax(-1, keepdim=True)
        powers = torch.exp(scores - top).masked_fill(~seen, 0.0)
        total = powers.sum(-1, keepdim=True)
        weights = powers / total.masked_fill(total == 0, 1.0)
        ctx.save_for_backward(weights)
        return weights

    @staticmethod
    def backward(ctx, grad):
        (weights,) = ctx.saved_tensors
        return weights * (grad - (grad * weights).sum(-1, keepdim=True)), None


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("d_model % num_heads != 0")
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, q, k=None, v=None, mask=None):
        k = q if k is None else k
        v = k if v is None else v
        B, T_q, d = q.shape
        T_k = k.shape[1]
        d_h = d // self.num_heads
        Q = self.q_proj(q).reshape(B, T_q, self.num_heads, d_h).movedim(2, 1)
        K = self.k_proj(k).reshape(B, T_k, self.num_heads, d_h).movedim(2, 1)
        V = self.v_proj(v).reshape(B, T_k, self.num_heads, d_h).movedim(2, 1)
        if mask is None:
            mask = torch.ones(T_q, T_k, dtype=torch.bool, device=q.device)
        seen = mask.expand(B, T_q, T_k)[:, None].expand(B, self.num_heads, T_q, T_k)
        weights = MaskedSoftmax.apply(Q @ K.movedim(-1, -2) / math.sqrt(d_h), seen)
        return self.o_proj((weights @ V).movedim(1, 2).reshape(B, T_q, d))
