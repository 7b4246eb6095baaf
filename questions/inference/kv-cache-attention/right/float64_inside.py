# Everything after the projections in float64; softmax by hand, hidden weights multiplied by 0.
import torch
from torch import Tensor, nn


def spin(x: Tensor, positions: Tensor) -> Tensor:
    half = x.shape[-1] // 2
    speeds = torch.tensor([10000.0 ** (-i / half) for i in range(half)], dtype=torch.float64)
    phi = positions.unsqueeze(-1) * speeds.to(x.device)
    even, odd = x.reshape(*x.shape[:-1], half, 2).unbind(-1)
    return torch.stack(
        (even * phi.cos() - odd * phi.sin(), even * phi.sin() + odd * phi.cos()), -1
    ).reshape(x.shape)


class Projection(nn.Module):
    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(size, size) / size**0.5)

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight.T


class CachedAttention(nn.Module):
    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        if d_model % num_heads or d_model // num_heads & 1:
            raise ValueError("bad sizes")
        self.num_heads = num_heads
        self.q_proj, self.k_proj = Projection(d_model), Projection(d_model)
        self.v_proj, self.o_proj = Projection(d_model), Projection(d_model)

    def forward(self, x, cache=None):
        B, T, D = x.shape
        H = self.num_heads
        old_k, old_v = cache if cache is not None else x.new_zeros(2, B, H, 0, D // H)
        P = old_k.shape[2]
        q, k, v = (
            project(x).reshape(B, T, H, D // H).swapaxes(1, 2).double()
            for project in (self.q_proj, self.k_proj, self.v_proj)
        )
        positions = torch.arange(P, P + T, device=x.device, dtype=torch.float64)
        q, k = spin(q, positions), spin(k, positions)
        k = torch.cat((old_k, k.to(x.dtype)), dim=2)
        v = torch.cat((old_v, v.to(x.dtype)), dim=2)
        scores = q @ k.double().mT / (D // H) ** 0.5
        seen = torch.arange(P + T, device=x.device)[None, :] <= positions[:, None]
        weights = torch.exp(scores - scores.amax(-1, keepdim=True)) * seen
        weights = weights / weights.sum(-1, keepdim=True)
        out = (weights @ v.double()).swapaxes(1, 2).reshape(B, T, D).to(x.dtype)
        return self.o_proj(out), (k, v)
