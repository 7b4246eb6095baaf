"""The backward pass of layer normalization, by hand."""

import torch
from torch import Tensor


def layer_norm_backward(
    dy: Tensor, x: Tensor, gamma: Tensor, eps: float = 1e-5
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients of x, γ and β, given dy, that of y = (x − μ) / √(σ² + ε) · γ + β."""
    # Half precision would overflow in the squares and lose the sum over rows: widen first.
    wide = torch.promote_types(x.dtype, torch.float32)
    upstream, values = dy.to(wide), x.to(wide)
    # Recomputed as in the forward pass; a kernel would save the mean and rstd of each row.
    centred = values - values.mean(-1, keepdim=True)
    rstd = torch.rsqrt(centred.square().mean(-1, keepdim=True) + eps)
    x_hat = centred * rstd

    # x reaches x̂ directly, through μ, and through σ: one term each. γ differs from feature to
    # feature, so it has to be inside the means.
    g = upstream * gamma.to(wide)  # the gradient of x̂
    along = (g * x_hat).mean(-1, keepdim=True)
    dx = rstd * (g - g.mean(-1, keepdim=True) - x_hat * along)

    # All rows share γ and β, so their gradients add up over rows; neither sees γ itself.
    d = x.shape[-1]
    dgamma = (upstream * x_hat).reshape(-1, d).sum(0)  # (…, D) → (rows, D) → (D,)
    dbeta = upstream.reshape(-1, d).sum(0)
    return dx.to(x.dtype), dgamma.to(gamma.dtype), dbeta.to(gamma.dtype)
