# check: bias-correction
# The correction of m is missing.
import torch


@torch.no_grad()
def adamw_step(p, g, state, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
    beta1, beta2 = betas
    dtype = torch.promote_types(p.dtype, torch.float32)
    w, grad = p.to(dtype), g.to(dtype)
    if state is None:
        state = {"m": torch.zeros_like(grad), "v": torch.zeros_like(grad), "t": 0}
    t = state["t"] + 1
    m = beta1 * state["m"] + (1 - beta1) * grad
    v = beta2 * state["v"] + (1 - beta2) * grad**2
    v_hat = v / (1 - beta2**t)
    w = w * (1 - lr * weight_decay)
    w = w - lr * m / (torch.sqrt(v_hat) + eps)
    return w.to(p.dtype), {"m": m, "v": v, "t": t}
