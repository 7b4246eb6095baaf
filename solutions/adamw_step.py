"""One step of AdamW (Loshchilov and Hutter, 2019) as a pure function."""

from typing import TypedDict

import torch
from torch import Tensor


class State(TypedDict):
    """What has to be kept of the gradients seen so far."""

    step: int
    m: Tensor  # running mean of g, in float32 at least
    v: Tensor  # running mean of g²


@torch.no_grad()  # or p, which requires gradients, would drag a graph through every step
def adamw_step(
    p: Tensor,
    g: Tensor,
    state: State | None,
    lr: float = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 1e-2,
) -> tuple[Tensor, State]:
    """Return the updated parameter and state; nothing that is passed in is written to."""
    # g² of 1e-4 is 0 in float16, and 0.999·v rounds back to v in bfloat16.
    wide = torch.promote_types(p.dtype, torch.float32)
    grad = g.to(wide)
    if state is None:
        state = {"step": 0, "m": torch.zeros_like(grad), "v": torch.zeros_like(grad)}
    beta1, beta2 = betas
    step = state["step"] + 1  # the first step is 1: 1 − β⁰ would be 0
    m = beta1 * state["m"] + (1 - beta1) * grad
    v = beta2 * state["v"] + (1 - beta2) * grad.square()
    # Both start at 0, so they hold only 1 − βᵗ of the weight of a full average.
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    # Decoupled: decay never meets m or v, and takes p as it was before the update.
    decayed = p.to(wide) * (1 - lr * weight_decay)
    updated = decayed - lr * m_hat / (v_hat.sqrt() + eps)  # ε outside the root, unlike LayerNorm
    return updated.to(p.dtype), {"step": step, "m": m, "v": v}
