# check: empty
# One row after another, with a stack at the end.
import torch


def row_backward(dy, x, gamma, eps):
    mean = x.mean()
    rstd = 1 / torch.sqrt(x.var(unbiased=False) + eps)
    x_hat = (x - mean) * rstd
    g = dy * gamma
    return rstd * (g - g.mean() - x_hat * (g * x_hat).mean()), dy * x_hat


def layer_norm_backward(dy, x, gamma, eps=1e-5):
    dtype = torch.promote_types(x.dtype, torch.float32)
    D = x.shape[-1]
    up, h = dy.to(dtype).reshape(-1, D), x.to(dtype).reshape(-1, D)
    rows = [row_backward(up[i], h[i], gamma.to(dtype), eps) for i in range(len(h))]
    dx = torch.stack([dx for dx, _ in rows]).reshape(x.shape)
    dgamma = torch.stack([dgamma for _, dgamma in rows]).sum(0)
    return dx.to(x.dtype), dgamma.to(gamma.dtype), up.sum(0).to(gamma.dtype)
