# check: scale-free
# Momentum alone: nothing is divided by the size of the gradient.
import torch


@torch.no_grad()
def adamw_step(p, g, state, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
    beta1 = betas[0]
    dtype = torch.promote_types(p.dtype, torch.float32)
    w, grad = p.to(dtype), g.to(dtype)
    if state is None:
        state = {"m": torch.zeros_like(grad), "t": 0}
    t = state["t"] + 1
    m = beta1 * state["m"] + (1 - beta1) * grad
    m_hat = m / (1 - beta1**t)
    w = w * (1 - lr * weight_decay)
    w = w - lr * m_hat
    return w.to(p.dtype), {"m": m, "t": t}
