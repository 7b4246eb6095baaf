# One matrix product for q, k and v; heads folded into the batch for baddbmm; rotation by matrices.
import torch
import torch.nn.functional as F
from torch import nn


def rotations(start, stop, dim, like):
    i = torch.arange(dim // 2, device=like.device)
    position = torch.arange(start, stop, device=like.device).double()
    angle = torch.outer(position, 10000.0 ** (-2.0 * i.double() / dim))
    cos, sin = angle.cos(), angle.sin()
    rows = torch.stack((torch.stack((cos, -sin), -1), torch.stack((sin, cos), -1)), -2)
    return rows.to(like.dtype)  # (T, dim / 2, 2, 2)


class CachedAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % (num_heads * 2):
            raise ValueError("sizes")
        self.heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model, bias=False)
        self.k_proj = nn.Linear(d_model, d_model, bias=False)
        self.v_proj = nn.Linear(d_model, d_model, bias=False)
        self.o_proj = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x, cache=None):
        b, t, d = x.shape
        n = b * self.heads
        dim = d // self.heads
        weight = torch.cat((self.q_proj.weight, self.k_proj.weight, self.v_proj.weight))
        qkv = F.linear(x, weight).reshape(b, t, 3, self.heads, dim).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.reshape(3, n, t, dim)
        past = cache[0].shape[2] if cache is not None else 0
        turn = rotations(past, past + t, dim, x)
        q, k = (
            (turn @ one.reshape(n, t, dim // 2, 2, 1)).reshape(n, t, dim) for one in (q, k)
        )
        if cache is not None:
            k = torch.cat((cache[0].reshape(n, past, dim), k), 1)
            v = torch.cat((cache[1].reshape(n, past, dim), v), 1)
        low = torch.finfo(x.dtype).min
        bias = torch.full((t, past + t), low, dtype=x.dtype, device=x.device).triu(past + 1)
        weights = torch.baddbmm(bias.expand(n, -1, -1), q, k.mT, alpha=dim**-0.5).softmax(-1)
        y = torch.bmm(weights, v).reshape(b, self.heads, t, dim).transpose(1, 2).flatten(2)
        shape = (b, self.heads, past + t, dim)
        return self.o_proj(y), (k.reshape(shape), v.reshape(shape))
