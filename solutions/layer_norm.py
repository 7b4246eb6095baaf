"""Layer normalization over the last dimension (Ba et al., 2016)."""

import torch
from torch import Tensor, nn


class LayerNorm(nn.Module):
    """y = (x − μ) / √(σ² + ε) · γ + β, with μ and σ² of each row's own D features."""

    weight: nn.Parameter | None  # γ; named as in nn.LayerNorm, so that checkpoints load
    bias: nn.Parameter | None  # β

    def __init__(self, num_features: int, eps: float = 1e-5, affine: bool = True) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        # One entry per feature; (1, 0) makes the layer start as pure normalization.
        weight = nn.Parameter(torch.ones(num_features)) if affine else None
        bias = nn.Parameter(torch.zeros(num_features)) if affine else None
        self.register_parameter("weight", weight)  # None is registered too: absent, but known
        self.register_parameter("bias", bias)

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[-1] != self.num_features:  # a size of 1 would broadcast without a word
            raise ValueError(f"expected last dimension {self.num_features}, got {tuple(x.shape)}")
        # Squares beyond 255² overflow float16, and bfloat16 keeps 8 bits: compute both in
        # float32. float64 stays float64.
        wide = x.to(torch.promote_types(x.dtype, torch.float32))
        # Two passes: E[x²] − E[x]² subtracts two large numbers and can even turn negative.
        centred = wide - wide.mean(-1, keepdim=True)
        variance = centred.square().mean(-1, keepdim=True)  # biased: ÷ D, not ÷ (D − 1)
        # ε inside the root bounds 1 / √(σ² + ε), and with it the gradient, on a constant row.
        y = centred * torch.rsqrt(variance + self.eps)
        if self.weight is not None and self.bias is not None:
            y = y * self.weight + self.bias
        return y.to(x.dtype)
