# The statistics in a helper, the sums over leading dimensions by moving them behind.
import torch


def statistics(x, eps):
    mean = x.sum(-1, keepdim=True).div(x.shape[-1])
    centred = x - mean
    return centred, centred.pow(2).sum(-1, keepdim=True).div(x.shape[-1]).add(eps).pow(-0.5)


def over_rows(t):
    return t.movedim(-1, 0).reshape(t.shape[-1], t.numel() // t.shape[-1]).sum(1)


def layer_norm_backward(dy, x, gamma, eps: float = 1e-5, *, compute=None):
    compute = compute or torch.promote_types(x.dtype, torch.float32)
    dy_, gamma_ = dy.to(compute), gamma.to(compute)
    centred, scale = statistics(x.to(compute), eps)
    normal = centred * scale
    weighted = dy_ * gamma_
    through_mean = weighted.mean(-1, keepdim=True)
    through_scale = normal * torch.linalg.vecdot(weighted, normal).unsqueeze(-1) / x.shape[-1]
    dx = scale * (weighted - through_mean - through_scale)
    return dx.to(x.dtype), over_rows(dy_ * normal).to(gamma.dtype), over_rows(dy_).to(gamma.dtype)
