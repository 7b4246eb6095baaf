# The Jacobian of each row as a D × D matrix, multiplied from the left.
import torch


def layer_norm_backward(dy, x, gamma, eps=1e-5):
    wide = torch.promote_types(x.dtype, torch.float32)
    d = x.shape[-1]
    up, rows = dy.reshape(-1, d).to(wide), x.reshape(-1, d).to(wide)
    centred = rows - rows.mean(1, keepdim=True)
    inverse = torch.rsqrt(centred.square().mean(1, keepdim=True) + eps)
    normal = centred * inverse
    # d x̂_i / d x_j = r (δ_ij − 1/D − x̂_i x̂_j / D), symmetric in i and j
    outer = normal[:, :, None] * normal[:, None, :]
    jacobian = inverse[:, :, None] * (torch.eye(d, dtype=wide) - (1 + outer) / d)
    dx = ((up * gamma.to(wide))[:, None, :] @ jacobian)[:, 0]
    dgamma, dbeta = (up * normal).sum(0), up.sum(0)
    return dx.reshape(x.shape).to(x.dtype), dgamma.to(gamma.dtype), dbeta.to(gamma.dtype)
