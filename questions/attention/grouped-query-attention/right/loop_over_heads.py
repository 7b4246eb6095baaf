# One query head after the other, each with its slices of the weights; o_proj as a sum over heads.
import torch
import torch.nn.functional as F
from torch import nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, num_heads, num_kv_heads):
        super().__init__()
        self.width, rest = divmod(d_model, num_heads)
        self.members, left = divmod(num_heads, num_kv_heads)
        if rest or left:
            raise ValueError((d_model, num_heads, num_kv_heads))
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model, bias=False)
        self.k_proj = nn.Linear(d_model, self.width * num_kv_heads, bias=False)
        self.v_proj = nn.Linear(d_model, self.width * num_kv_heads, bias=False)
        self.o_proj = nn.Linear(d_model, d_model, bias=False)

    def rows(self, head):
        return slice(head * self.width, (head + 1) * self.width)

    def forward(self, x, causal=True):
        y = torch.zeros_like(x)
        for head in range(self.num_heads):
            own, shared = self.rows(head), self.rows(head // self.members)
            query = F.linear(x, self.q_proj.weight[own])
            key = F.linear(x, self.k_proj.weight[shared])
            value = F.linear(x, self.v_proj.weight[shared])
            scores = query.matmul(key.transpose(1, 2)).div(self.width**0.5)
            if causal:
                scores = scores.masked_fill(torch.ones_like(scores).triu(1) == 1, -torch.inf)
            y = y + F.linear(scores.softmax(2).matmul(value), self.o_proj.weight[:, own])
        return y
