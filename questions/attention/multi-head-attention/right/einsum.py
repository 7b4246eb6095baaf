# einsum throughout, with the heads' axis third: (B, T, h, d_h), and no transpose at all.
import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        assert d_model % num_heads == 0, "heads must share the features evenly"
        self.h = num_heads
        for name in ("q", "k", "v", "o"):
            self.add_module(f"{name}_proj", nn.Linear(d_model, d_model))

    def forward(self, q, k=None, v=None, mask=None):
        k = q if k is None else k
        v = k if v is None else v
        pairs = ((self.q_proj, q), (self.k_proj, k), (self.v_proj, v))
        q, k, v = (proj(x).reshape(*x.shape[:2], self.h, x.shape[2] // self.h) for proj, x in pairs)
        scores = torch.einsum("bihd,bjhd->bhij", q, k) * q.shape[-1] ** -0.5
        if mask is not None:
            mask = mask[..., None, :, :]
            scores = torch.where(mask, scores, torch.finfo(scores.dtype).min)
        weights = scores.softmax(dim=-1)
        if mask is not None:
            weights = weights * mask
        mixed = torch.einsum("bhij,bjhd->bihd", weights, v)
        return self.o_proj(mixed.flatten(2))
