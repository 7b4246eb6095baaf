# check: epsilon-inside-root
# ε is added to the standard deviation.
import torch


def layer_norm_backward(dy, x, gamma, eps=1e-5):
    dtype = torch.promote_types(x.dtype, torch.float32)
    up, h = dy.to(dtype), x.to(dtype)
    mean = h.mean(-1, keepdim=True)
    std = h.std(-1, keepdim=True, unbiased=False)
    rstd = 1 / (std + eps)
    x_hat = (h - mean) * rstd
    g = up * gamma.to(dtype)
    dx = rstd * (g - g.mean(-1, keepdim=True) - x_hat * (g * x_hat).mean(-1, keepdim=True))
    dgamma = (up * x_hat).reshape(-1, x.shape[-1]).sum(0)
    dbeta = up.reshape(-1, x.shape[-1]).sum(0)
    return dx.to(x.dtype), dgamma.to(gamma.dtype), dbeta.to(gamma.dtype)
