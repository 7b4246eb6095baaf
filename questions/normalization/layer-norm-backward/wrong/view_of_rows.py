# check: any-shape
# view() needs contiguous memory.
import torch


def layer_norm_backward(dy, x, gamma, eps=1e-5):
    dtype = torch.promote_types(x.dtype, torch.float32)
    D = x.shape[-1]
    up = dy.to(dtype).view(-1, D)
    h = x.to(dtype).view(-1, D)
    mean = h.mean(-1, keepdim=True)
    rstd = 1 / torch.sqrt(h.var(-1, keepdim=True, unbiased=False) + eps)
    x_hat = (h - mean) * rstd
    g = up * gamma.to(dtype)
    dx = rstd * (g - g.mean(-1, keepdim=True) - x_hat * (g * x_hat).mean(-1, keepdim=True))
    dgamma = (up * x_hat).sum(0)
    dbeta = up.sum(0)
    return dx.view(x.shape).to(x.dtype), dgamma.to(gamma.dtype), dbeta.to(gamma.dtype)
