# Clones first, then updates in place like an optimizer.
import torch


@torch.no_grad()
def adamw_step(p, g, state, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
    wide = torch.promote_types(p.dtype, torch.float32)
    new, grad = p.detach().to(wide, copy=True), g.detach().to(wide)
    if state is None:
        m, v, t = torch.zeros_like(new), torch.zeros_like(new), 1
    else:
        m, v, t = state["m"].clone(), state["v"].clone(), state["t"] + 1
    m.mul_(betas[0]).add_(grad, alpha=1 - betas[0])
    v.mul_(betas[1]).addcmul_(grad, grad, value=1 - betas[1])
    new.mul_(1 - lr * weight_decay)
    new.addcdiv_(m / (1 - betas[0] ** t), (v / (1 - betas[1] ** t)).sqrt_().add_(eps), value=-lr)
    return new.to(p.dtype), {"m": m, "v": v, "t": t}
