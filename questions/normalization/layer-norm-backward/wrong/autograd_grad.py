# check: allowed-calls
# Differentiates the forward pass with autograd.
import torch


def layer_norm_backward(dy, x, gamma, eps=1e-5):
    with torch.enable_grad():
        x_ = x.detach().requires_grad_()
        gamma_ = gamma.detach().requires_grad_()
        beta = torch.zeros_like(gamma).requires_grad_()
        mean = x_.mean(-1, keepdim=True)
        var = x_.var(-1, keepdim=True, unbiased=False)
        y = (x_ - mean) / torch.sqrt(var + eps) * gamma_ + beta
        return torch.autograd.grad(y, (x_, gamma_, beta), dy)
