# The state keeps every gradient, and the moments are weighted sums over all of them.
import torch


@torch.no_grad()
def adamw_step(p, g, state, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
    wide = torch.promote_types(p.dtype, torch.float32)
    history = [*(state["history"] if state else []), g.to(wide)]

    def average(beta, power):
        total, weight = torch.zeros_like(history[0]), 0.0
        for age, one in enumerate(reversed(history)):
            total = total + beta**age * one.pow(power)
            weight += beta**age
        return total / weight  # the weights add up to (1 - beta**t) / (1 - beta)

    update = average(betas[0], 1) / (average(betas[1], 2).sqrt() + eps)
    shrunk = p.to(wide).mul(1 - lr * weight_decay)
    return shrunk.sub(update.mul(lr)).to(p.dtype), {"history": history}
