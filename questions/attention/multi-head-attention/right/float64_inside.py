# All arithmetic in float64, whatever comes in; the softmax by hand, with the maximum taken out.
import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.d_k = d_model // num_heads
        assert self.d_k * num_heads == d_model
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def project(self, proj, x):
        return x.double() @ proj.weight.double().T + proj.bias.double()

    def split(self, x):
        return torch.stack(x.chunk(self.num_heads, dim=-1), dim=1)  # (B, h, T, d_k)

    def forward(self, q, k=None, v=None, mask=None):
        k = q if k is None else k
        v = k if v is None else v
        dtype = q.dtype
        q = self.split(self.project(self.q_proj, q))
        k = self.split(self.project(self.k_proj, k))
        v = self.split(self.project(self.v_proj, v))
        scores = q.matmul(k.transpose(2, 3)).div(self.d_k**0.5)
        if mask is not None:
            hidden = mask.logical_not().unsqueeze(-3)
            scores = scores.masked_fill(hidden, -torch.inf)
        largest = scores.amax(-1, keepdim=True).detach()
        largest = largest.masked_fill(largest == -torch.inf, 0.0)
        powers = torch.exp(scores - largest)
        total = powers.sum(-1, keepdim=True)
        weights = powers / torch.where(total == 0, torch.ones_like(total), total)
        out = torch.cat((weights @ v).unbind(1), dim=-1)
        return self.project(self.o_proj, out).to(dtype)
