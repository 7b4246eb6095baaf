"""RMS normalization over the last dimension (Zhang and Sennrich, 2019)."""

import torch
from torch import Tensor, nn


class RMSNorm(nn.Module):
    """y = x / √(mean(x²) + ε) · w, with the mean square of each row's own D features."""

    def __init__(self, dim: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.dim = dim
        self.eps = eps
        # One gain for each feature and no bias. At 1 the layer starts as pure normalization.
        self.weight = nn.Parameter(torch.ones(dim))  # named as in nn.RMSNorm and Llama

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[-1] != self.dim:  # a size of 1 would broadcast without a word
            raise ValueError(f"expected last dimension {self.dim}, got {tuple(x.shape)}")
        # Squares from 256² on overflow float16, and bfloat16 keeps 8 bits: compute both in
        # float32. float64 stays float64.
        wide = x.to(torch.promote_types(x.dtype, torch.float32))
        mean_square = wide.square().mean(-1, keepdim=True)  # (..., 1); no mean is subtracted
        # ε inside the root bounds 1 / √(mean(x²) + ε), and with it the gradient, on a row of zeros.
        y = wide * torch.rsqrt(mean_square + self.eps)
        # The weight comes before the cast: one rounding, not two, and a float32 weight cannot
        # promote the result back to float32.
        return (y * self.weight).to(x.dtype)
