# check: projections
# The projections live in a plain dict, which nn.Module does not see.
import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, num_heads, num_kv_heads):
        super().__init__()
        if d_model % num_heads != 0 or num_heads % num_kv_heads != 0:
            raise ValueError("heads do not divide evenly")
        self.num_heads = num_heads
        self.num_kv_heads = num_kv_heads
        self.head_dim = d_model // num_heads
        self.groups = num_heads // num_kv_heads
        sizes = {"q": num_heads, "k": num_kv_heads, "v": num_kv_heads, "o": num_heads}
        self.proj = {
            name: nn.Linear(d_model, heads * self.head_dim, bias=False)
            for name, heads in sizes.items()
        }

    def forward(self, x, causal=True):
        B, T, _ = x.shape
        q = self.proj["q"](x).view(B, T, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.proj["k"](x).view(B, T, self.num_kv_heads, self.head_dim).transpose(1, 2)
        v = self.proj["v"](x).view(B, T, self.num_kv_heads, self.head_dim).transpose(1, 2)
        k = k.repeat_interleave(self.groups, dim=1)
        v = v.repeat_interleave(self.groups, dim=1)

        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if causal:
            future = torch.ones(T, T, dtype=torch.bool, device=x.device).triu(1)
            scores = scores.masked_fill(future, float("-inf"))
        weights = torch.softmax(scores, dim=-1)

        out = weights @ v
        out = out.transpose(1, 2).reshape(B, T, self.num_heads * self.head_dim)
        return self.proj["o"](out)
