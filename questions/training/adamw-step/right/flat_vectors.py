# Flattened by reshape, detached instead of no_grad, ε moved to the uncorrected scale.
import math

import torch


def adamw_step(p, g, state, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
    kind = torch.promote_types(p.dtype, torch.float32)
    x, d = (one.detach().to(kind).reshape(-1) for one in (p, g))
    count, m, v = state["all"] if state else (0, torch.zeros_like(x), torch.zeros_like(x))
    count += 1
    m = m + (1 - betas[0]) * (d - m)
    v = v + (1 - betas[1]) * (d**2 - v)
    root = math.sqrt(1 - betas[1] ** count)
    rate = lr * root / (1 - betas[0] ** count)
    x = (1 - lr * weight_decay) * x - rate * m / (torch.sqrt(v) + eps * root)
    return x.reshape(p.shape).to(p.dtype), {"all": [count, m, v]}
