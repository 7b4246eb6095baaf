# A loop over rows that adds into accumulators, as a kernel without parallelism would.
import torch


def layer_norm_backward(dy, x, gamma, eps=1e-5):
    wide = torch.promote_types(x.dtype, torch.float32)
    D = x.shape[-1]
    dx = torch.empty(x.shape, dtype=wide).reshape(-1, D)
    dgamma = torch.zeros(D, dtype=wide)
    dbeta = torch.zeros(D, dtype=wide)
    weight = gamma.to(wide)
    for i, (up, h) in enumerate(zip(dy.to(wide).reshape(-1, D), x.to(wide).reshape(-1, D))):
        h = h - h.sum() / D
        rstd = 1 / (h.dot(h) / D + eps).sqrt()
        h = h * rstd
        g = up * weight
        dx[i] = rstd * (g - g.sum() / D - h * (g.dot(h) / D))
        dgamma += up * h
        dbeta += up
    return dx.reshape(x.shape).to(x.dtype), dgamma.to(gamma.dtype), dbeta.to(gamma.dtype)
