# Node by node, as in BatchNorm tutorials: dvar, then dmean, then dx.
import torch


def layer_norm_backward(dy, x, gamma, eps=1e-5):
    D = x.shape[-1]
    kind = torch.float64 if x.dtype == torch.float64 else torch.float32
    up, h = dy.type(kind), x.type(kind)
    xmu = h - h.mean(-1, keepdim=True)
    ivar = 1.0 / torch.sqrt((xmu**2).mean(-1, keepdim=True) + eps)

    dxhat = up * gamma.type(kind)
    dvar = (dxhat * xmu * -0.5 * ivar**3).sum(-1, keepdim=True)
    dmu = (-dxhat * ivar).sum(-1, keepdim=True) + dvar * (-2.0 * xmu).sum(-1, keepdim=True) / D
    dx = dxhat * ivar + dvar * 2.0 * xmu / D + dmu / D

    dgamma = (up * xmu * ivar).reshape(-1, D).sum(dim=0)
    dbeta = up.reshape(-1, D).sum(dim=0)
    return dx.type(x.dtype), dgamma.type(gamma.dtype), dbeta.type(gamma.dtype)
