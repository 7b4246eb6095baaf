# Everything in float64, whatever comes in, the step number too.
import torch


@torch.no_grad()
def adamw_step(p, g, state, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
    x, grad = p.double(), g.double()
    if state is None:
        state = {"n": torch.zeros((), dtype=torch.float64), "first": 0.0, "second": 0.0}
    n = state["n"] + 1
    first = betas[0] * state["first"] + (1 - betas[0]) * grad
    second = betas[1] * state["second"] + (1 - betas[1]) * grad * grad
    corrected = [first / (1 - betas[0] ** n), second / (1 - betas[1] ** n)]
    x = x - lr * weight_decay * x - lr * corrected[0] / (corrected[1].sqrt() + eps)
    return x.to(p.dtype), {"n": n, "first": first, "second": second}
