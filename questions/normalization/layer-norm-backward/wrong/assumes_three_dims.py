# check: any-shape
# Unpacks B, T, D.
import torch


def layer_norm_backward(dy, x, gamma, eps=1e-5):
    B, T, D = x.shape
    dtype = torch.promote_types(x.dtype, torch.float32)
    up, h = dy.to(dtype), x.to(dtype)
    mean = h.mean(-1, keepdim=True)
    var = h.var(-1, keepdim=True, unbiased=False)
    rstd = 1 / torch.sqrt(var + eps)
    x_hat = (h - mean) * rstd
    g = up * gamma.to(dtype)
    dx = rstd * (g - g.mean(-1, keepdim=True) - x_hat * (g * x_hat).mean(-1, keepdim=True))
    dgamma = (up * x_hat).reshape(B * T, D).sum(0)
    dbeta = up.reshape(B * T, D).sum(0)
    return dx.to(x.dtype), dgamma.to(gamma.dtype), dbeta.to(gamma.dtype)
