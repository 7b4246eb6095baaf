# check: runs
# Builds the forward pass and calls .backward(): no graph is recorded where it runs.
import torch


def layer_norm_backward(dy, x, gamma, eps=1e-5):
    x_ = x.detach().clone().requires_grad_(True)
    gamma_ = gamma.detach().clone().requires_grad_(True)
    beta = torch.zeros_like(gamma).requires_grad_(True)
    mean = x_.mean(-1, keepdim=True)
    var = x_.var(-1, keepdim=True, unbiased=False)
    y = (x_ - mean) / torch.sqrt(var + eps) * gamma_ + beta
    y.backward(dy)
    return x_.grad, gamma_.grad, beta.grad
