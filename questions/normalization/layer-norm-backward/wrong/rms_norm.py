# check: normalized-x
# The backward pass of RMSNorm: no mean anywhere.
import torch


def layer_norm_backward(dy, x, gamma, eps=1e-5):
    dtype = torch.promote_types(x.dtype, torch.float32)
    up, h = dy.to(dtype), x.to(dtype)
    rstd = torch.rsqrt(h.pow(2).mean(-1, keepdim=True) + eps)
    x_hat = h * rstd
    g = up * gamma.to(dtype)
    dx = rstd * (g - x_hat * (g * x_hat).mean(-1, keepdim=True))
    dgamma = (up * x_hat).reshape(-1, x.shape[-1]).sum(0)
    dbeta = up.reshape(-1, x.shape[-1]).sum(0)
    return dx.to(x.dtype), dgamma.to(gamma.dtype), dbeta.to(gamma.dtype)
