# The members of a group stand in one long list of queries, so K is read once for all of them.
import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, num_heads, num_kv_heads):
        super().__init__()
        if d_model % num_heads != 0 or num_heads % num_kv_heads != 0:
            raise AssertionError("sizes do not fit")
        self.num_heads, self.num_kv_heads = num_heads, num_kv_heads
        self.head_dim = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model, bias=False)
        self.k_proj = nn.Linear(d_model, num_kv_heads * self.head_dim, bias=False)
        self.v_proj = nn.Linear(d_model, num_kv_heads * self.head_dim, bias=False)
        self.o_proj = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x, causal=True):
        B, T, d = x.shape
        g, m = self.num_kv_heads, self.num_heads // self.num_kv_heads
        q = self.q_proj(x).reshape(B, T, g, m, self.head_dim).permute(0, 2, 3, 1, 4)
        q = q.reshape(B * g, m * T, self.head_dim)
        k = self.k_proj(x).reshape(B, T, g, self.head_dim).permute(0, 2, 3, 1)
        k = k.reshape(B * g, self.head_dim, T)
        v = self.v_proj(x).reshape(B, T, g, self.head_dim).transpose(1, 2)
        v = v.reshape(B * g, T, self.head_dim)
        scores = torch.bmm(q, k) / self.head_dim**0.5
        if causal:
            past = torch.ones(T, T, dtype=torch.bool, device=x.device).tril().repeat(m, 1)
            scores = scores.masked_fill(~past, -torch.inf)
        out = torch.bmm(scores.softmax(-1), v).reshape(B, g, m, T, self.head_dim)
        return self.o_proj(out.permute(0, 3, 1, 2, 4).reshape(B, T, d))
