# check: token-mixing
# reshape in place of a transpose: the keys are scrambled.
import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("d_model must be divisible by num_heads")
        self.num_heads = num_heads
        self.head_dim = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def split(self, x):
        B, T, _ = x.shape
        return x.view(B, T, self.num_heads, self.head_dim).transpose(1, 2)

    def forward(self, q, k=None, v=None, mask=None):
        k = q if k is None else k
        v = k if v is None else v
        B, T, d_model = q.shape
        Q = self.split(self.q_proj(q))
        K = self.split(self.k_proj(k))
        V = self.split(self.v_proj(v))

        scores = Q @ K.reshape(B, self.num_heads, self.head_dim, -1) / self.head_dim**0.5
        if mask is not None:
            mask = mask.unsqueeze(-3)
            scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0.0)

        out = weights @ V
        out = out.transpose(1, 2).reshape(B, T, d_model)
        return self.o_proj(out)
