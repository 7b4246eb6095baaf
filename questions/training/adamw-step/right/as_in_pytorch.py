# The order of PyTorch: step size and denominator, with lerp and addcmul on new tensors.
import math

import torch


@torch.no_grad()
def adamw_step(p, g, state, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
    kind = torch.promote_types(p.dtype, torch.float32)
    grad = g.to(kind)
    if state is None:
        state = dict(step=0, exp_avg=torch.zeros_like(grad), exp_avg_sq=torch.zeros_like(grad))
    step = state["step"] + 1
    exp_avg = torch.lerp(state["exp_avg"], grad, 1 - betas[0])
    exp_avg_sq = torch.addcmul(state["exp_avg_sq"] * betas[1], grad, grad, value=1 - betas[1])
    step_size = lr / (1 - betas[0] ** step)
    denominator = exp_avg_sq.sqrt() / math.sqrt(1 - betas[1] ** step) + eps
    new = torch.addcdiv(p.to(kind) * (1 - lr * weight_decay), exp_avg, denominator, value=-step_size)
    return new.to(p.dtype), dict(step=step, exp_avg=exp_avg, exp_avg_sq=exp_avg_sq)
