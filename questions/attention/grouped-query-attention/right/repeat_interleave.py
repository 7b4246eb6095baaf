# K and V repeated with repeat_interleave, and a mask from comparing positions, filled with finfo.min.
import torch
import torch.nn.functional as F
from torch import nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, num_heads, num_kv_heads):
        super().__init__()
        assert d_model % num_heads == 0, "d_model"
        assert num_heads % num_kv_heads == 0, "num_heads"
        self.h, self.kv, self.d_h = num_heads, num_kv_heads, d_model // num_heads
        self.o_proj = nn.Linear(d_model, d_model, bias=False)
        self.v_proj = nn.Linear(d_model, num_kv_heads * self.d_h, bias=False)
        self.k_proj = nn.Linear(d_model, num_kv_heads * self.d_h, bias=False)
        self.q_proj = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x, causal=True):
        B, T, d = x.shape
        q = self.q_proj(x).reshape(B, T, self.h, self.d_h).permute(0, 2, 1, 3)
        k = self.k_proj(x).reshape(B, T, self.kv, self.d_h).permute(0, 2, 1, 3)
        v = self.v_proj(x).reshape(B, T, self.kv, self.d_h).permute(0, 2, 1, 3)
        k = torch.repeat_interleave(k, self.h // self.kv, dim=1)
        v = torch.repeat_interleave(v, self.h // self.kv, dim=1)
        scores = torch.matmul(q * self.d_h**-0.5, k.permute(0, 1, 3, 2))
        if causal:
            position = torch.arange(T, device=x.device)
            visible = position[:, None] >= position[None, :]
            scores = torch.where(visible, scores, torch.finfo(scores.dtype).min)
        out = torch.matmul(F.softmax(scores, dim=-1), v)
        return self.o_proj(out.permute(0, 2, 1, 3).reshape(B, T, d))
