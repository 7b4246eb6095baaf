"""Group normalization (Wu and He, 2018)."""

import torch
from torch import Tensor, nn


class GroupNorm(nn.Module):
    """y = (x − μ) / √(σ² + ε) · γ + β, with μ and σ² of each sample's own groups of channels."""

    weight: nn.Parameter | None  # γ; named as in nn.GroupNorm, so that checkpoints load
    bias: nn.Parameter | None  # β

    def __init__(
        self, num_groups: int, num_channels: int, eps: float = 1e-5, affine: bool = True
    ) -> None:
        super().__init__()
        if num_channels % num_groups:  # here, and not at the first batch
            raise ValueError(f"{num_channels} channels do not make {num_groups} equal groups")
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        # One entry per channel, not per group: channels that share statistics keep their own scale.
        weight = nn.Parameter(torch.ones(num_channels)) if affine else None
        bias = nn.Parameter(torch.zeros(num_channels)) if affine else None
        self.register_parameter("weight", weight)  # None is registered too: absent, but known
        self.register_parameter("bias", bias)

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() < 2 or x.shape[1] != self.num_channels:  # a multiple of G would pass in silence
            raise ValueError(f"expected (N, {self.num_channels}, …), got {tuple(x.shape)}")
        # float16 overflows at 65504 and bfloat16 keeps 8 bits; float64 stays float64.
        wide = x.to(torch.promote_types(x.dtype, torch.float32))
        # Consecutive channels share a group. Splitting one dimension is a view in any layout.
        groups: Tensor = wide.unflatten(1, (self.num_groups, -1))  # (N, C, *) → (N, G, C/G, *)
        over = tuple(range(2, groups.dim()))  # the channels of the group and all positions
        centred = groups - groups.mean(over, keepdim=True)
        variance = centred.square().mean(over, keepdim=True)  # biased: ÷ n
        y = (centred * torch.rsqrt(variance + self.eps)).flatten(1, 2)  # back to (N, C, *)
        if self.weight is not None and self.bias is not None:
            shape = (-1, *(1,) * (x.dim() - 2))  # (C, 1, …) lines up with dimension 1
            y = y * self.weight.view(shape) + self.bias.view(shape)
        return y.to(x.dtype)
