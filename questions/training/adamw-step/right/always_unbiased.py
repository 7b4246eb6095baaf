# The state keeps the corrected averages: a running mean with a weight that changes from step to step.
import torch


@torch.no_grad()
def adamw_step(p, g, state, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
    wide = torch.promote_types(p.dtype, torch.float32)
    x, grad = p.to(wide), g.to(wide)
    t = 1 if state is None else state["t"] + 1
    means = []
    for index, (beta, new) in enumerate(zip(betas, (grad, grad.square()))):
        weight = (1 - beta) / (1 - beta**t)  # 1 at the first step
        means.append(new if state is None else state["means"][index] * (1 - weight) + new * weight)
    x = x * (1 - lr * weight_decay) - lr * means[0] / (means[1].sqrt() + eps)
    return x.to(p.dtype), {"t": t, "means": means}
