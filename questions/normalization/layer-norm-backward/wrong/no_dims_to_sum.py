# check: summed-over-rows
# sum(dim=()) of a single row sums over everything.
import torch


def layer_norm_backward(dy, x, gamma, eps=1e-5):
    dtype = torch.promote_types(x.dtype, torch.float32)
    up, h = dy.to(dtype), x.to(dtype)
    mean = h.mean(-1, keepdim=True)
    var = h.var(-1, keepdim=True, unbiased=False)
    rstd = 1 / torch.sqrt(var + eps)
    x_hat = (h - mean) * rstd
    g = up * gamma.to(dtype)
    dx = rstd * (g - g.mean(-1, keepdim=True) - x_hat * (g * x_hat).mean(-1, keepdim=True))
    leading = tuple(range(x.dim() - 1))
    dgamma = (up * x_hat).sum(dim=leading)
    dbeta = up.sum(dim=leading)
    return dx.to(x.dtype), dgamma.to(gamma.dtype), dbeta.to(gamma.dtype)
