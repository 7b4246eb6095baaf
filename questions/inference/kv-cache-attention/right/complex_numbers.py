# RoPE as a multiplication of complex numbers in float64; the mask compares positions.
import torch
from torch import nn


class CachedAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        assert d_model % (2 * num_heads) == 0
        self.heads = num_heads
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            self.add_module(name, nn.Linear(d_model, d_model, bias=False))

    def turn(self, x, position):
        d = x.shape[-1]
        theta = 10000.0 ** (-torch.arange(0, d, 2, device=x.device, dtype=torch.float64) / d)
        angle = position.double()[:, None] * theta
        z = torch.view_as_complex(x.double().reshape(*x.shape[:-1], d // 2, 2))
        z = z * torch.polar(torch.ones_like(angle), angle)
        return torch.view_as_real(z).reshape(x.shape).to(x.dtype)

    def forward(self, x, cache=None):
        b, t, d = x.shape
        q, k, v = (
            p(x).reshape(b, t, self.heads, d // self.heads).permute(0, 2, 1, 3)
            for p in (self.q_proj, self.k_proj, self.v_proj)
        )
        past = cache[0].size(2) if cache else 0
        position = torch.arange(past + t, device=x.device)
        q, k = self.turn(q, position[past:]), self.turn(k, position[past:])
        if cache:
            k, v = (torch.cat(pair, 2) for pair in zip(cache, (k, v)))
        scores = torch.matmul(q, k.mT) / (d // self.heads) ** 0.5
        scores = scores.masked_fill(position > position[past:, None], torch.finfo(x.dtype).min)
        out = torch.softmax(scores, -1) @ v
        return self.o_proj(out.permute(0, 2, 1, 3).reshape(b, t, d)), (k, v)
