# check: allowed-calls
# Hands the work to the fused backward operator.
import torch


def layer_norm_backward(dy, x, gamma, eps=1e-5):
    var, mean = torch.var_mean(x, dim=-1, correction=0, keepdim=True)
    rstd = torch.rsqrt(var + eps)
    return torch.ops.aten.native_layer_norm_backward(
        dy, x, x.shape[-1:], mean, rstd, gamma, torch.zeros_like(gamma), [True, True, True]
    )
