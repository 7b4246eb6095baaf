# All arithmetic in float64, whatever comes in; the softmax by hand, with the maximum taken out.
import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, num_heads, num_kv_heads):
        super().__init__()
        self.d_k = d_model // num_heads
        assert self.d_k * num_heads == d_model
        self.per_group = num_heads // num_kv_heads
        assert self.per_group * num_kv_heads == num_heads
        self.num_heads, self.num_kv_heads = num_heads, num_kv_heads
        self.q_proj = nn.Linear(d_model, d_model, bias=False)
        self.k_proj = nn.Linear(d_model, num_kv_heads * self.d_k, bias=False)
        self.v_proj = nn.Linear(d_model, num_kv_heads * self.d_k, bias=False)
        self.o_proj = nn.Linear(d_model, d_model, bias=False)

    def project(self, layer, x, heads):
        return torch.stack((x.double() @ layer.weight.double().T).chunk(heads, dim=-1), dim=1)

    def forward(self, x, causal=True):
        owner = torch.arange(self.num_heads, device=x.device) // self.per_group
        q = self.project(self.q_proj, x, self.num_heads)
        k = self.project(self.k_proj, x, self.num_kv_heads)[:, owner]
        v = self.project(self.v_proj, x, self.num_kv_heads)[:, owner]
        scores = q @ k.mT / self.d_k**0.5
        if causal:
            scores = scores.masked_fill(torch.ones_like(scores).tril() == 0, -torch.inf)
        powers = torch.exp(scores - scores.amax(-1, keepdim=True).detach())
        weights = powers / powers.sum(-1, keepdim=True)
        out = torch.cat((weights @ v).unbind(1), dim=-1)
        return (out @ self.o_proj.weight.double().T).to(x.dtype)
