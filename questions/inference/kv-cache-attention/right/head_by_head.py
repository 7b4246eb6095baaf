# A loop over heads; new keys are written into a fresh buffer instead of concatenated; a list comes back.
import torch
import torch.nn.functional as F
from torch import nn


class CachedAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.size = d_model // num_heads
        if self.size * num_heads != d_model or self.size % 2 == 1:
            raise ValueError("heads of even size, please")
        self.num_heads = num_heads
        self.o_proj = nn.Linear(d_model, d_model, bias=False)
        self.v_proj = nn.Linear(d_model, d_model, bias=False)
        self.k_proj = nn.Linear(d_model, d_model, bias=False)
        self.q_proj = nn.Linear(d_model, d_model, bias=False)

    def angles(self, start, count, device):
        pairs = torch.arange(self.size // 2, device=device, dtype=torch.float32)
        theta = torch.full_like(pairs, 10000.0).pow(-pairs * 2 / self.size)
        return torch.arange(start, start + count, device=device).unsqueeze(1) * theta

    def grow(self, old, new):
        if old is None:
            return new
        whole = new.new_empty(*new.shape[:2], old.shape[2] + new.shape[2], self.size)
        whole[:, :, : old.shape[2]] = old
        whole[:, :, old.shape[2] :] = new
        return whole

    def forward(self, x, cache=None):
        old_k, old_v = (None, None) if cache is None else cache
        past, count = 0 if cache is None else old_k.shape[2], x.shape[1]
        phi = self.angles(past, count, x.device)
        cos, sin = phi.cos().to(x.dtype), phi.sin().to(x.dtype)
        queries, keys, values = [], [], []
        for head in range(self.num_heads):
            rows = slice(head * self.size, (head + 1) * self.size)
            for found, layer in ((queries, self.q_proj), (keys, self.k_proj)):
                one = F.linear(x, layer.weight[rows])
                even, odd = one[..., 0::2], one[..., 1::2]
                pair = even * cos - odd * sin, even * sin + odd * cos
                found.append(torch.stack(pair, -1).flatten(-2))
            values.append(F.linear(x, self.v_proj.weight[rows]))
        k = self.grow(old_k, torch.stack(keys, 1))
        v = self.grow(old_v, torch.stack(values, 1))
        hidden = ~torch.tril(torch.ones(count, past + count, device=x.device), diagonal=past).bool()
        outputs = []
        for head, q in enumerate(queries):
            scores = torch.matmul(q, k[:, head].transpose(-1, -2)).div(self.size**0.5)
            scores[:, hidden] = float("-inf")
            outputs.append(F.softmax(scores, dim=-1).matmul(v[:, head]))
        return [self.o_proj(torch.cat(outputs, -1)), [k, v]]
