# check: own-rows
# BatchNorm's backward: statistics and means run over the rows.
import torch


def layer_norm_backward(dy, x, gamma, eps=1e-5):
    dtype = torch.promote_types(x.dtype, torch.float32)
    up, h = dy.to(dtype), x.to(dtype)
    h2 = h.reshape(-1, h.shape[-1])
    up2 = up.reshape(-1, h.shape[-1])
    mean = h2.mean(0)
    rstd = 1 / torch.sqrt(h2.var(0, unbiased=False) + eps)
    x_hat = (h2 - mean) * rstd
    g = up2 * gamma.to(dtype)
    dx = rstd * (g - g.mean(0) - x_hat * (g * x_hat).mean(0))
    dgamma = (up2 * x_hat).sum(0)
    dbeta = up2.sum(0)
    return dx.reshape(x.shape).to(x.dtype), dgamma.to(gamma.dtype), dbeta.to(gamma.dtype)
