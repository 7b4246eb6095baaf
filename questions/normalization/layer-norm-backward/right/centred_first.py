# Centres g first and takes the covariance with x − μ; sums leave the last dimension by flattening.
import torch


def _rows(t, d):
    return t.flatten(0, -2) if t.dim() > 1 else t.view(1, d)


def layer_norm_backward(dy, x, gamma, eps=1e-5):
    dt = torch.promote_types(x.dtype, torch.float32)
    d = x.size(-1)
    up, c = _rows(dy.to(dt), d), _rows(x.to(dt), d)
    c = c.sub(c.mean(1, keepdim=True))
    v = c.square().mean(1, keepdim=True).add(eps)
    g = torch.addcmul(torch.zeros_like(up), up, gamma.to(dt))
    g = g - g.mean(1, keepdim=True)
    covariance = (g * c).mean(1, keepdim=True)
    dx = (g - c * covariance / v) / v.sqrt()
    ones = up.new_ones(len(up))
    dgamma = ones @ (up * c / v.sqrt())
    dbeta = ones @ up
    return dx.reshape(x.shape).to(x.dtype), dgamma.to(gamma.dtype), dbeta.to(gamma.dtype)
