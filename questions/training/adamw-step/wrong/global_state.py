# check: state-carries-everything
# The moments live in a global variable, and the state is a dummy.
import torch


MEMORY = {}


@torch.no_grad()
def adamw_step(p, g, state, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
    beta1, beta2 = betas
    dtype = torch.promote_types(p.dtype, torch.float32)
    w, grad = p.to(dtype), g.to(dtype)
    if state is None:
        MEMORY.update(m=torch.zeros_like(grad), v=torch.zeros_like(grad), t=0)
    MEMORY["t"] += 1
    MEMORY["m"] = beta1 * MEMORY["m"] + (1 - beta1) * grad
    MEMORY["v"] = beta2 * MEMORY["v"] + (1 - beta2) * grad**2
    m_hat = MEMORY["m"] / (1 - beta1 ** MEMORY["t"])
    v_hat = MEMORY["v"] / (1 - beta2 ** MEMORY["t"])
    w = w * (1 - lr * weight_decay) - lr * m_hat / (torch.sqrt(v_hat) + eps)
    return w.to(p.dtype), {"t": MEMORY["t"]}
