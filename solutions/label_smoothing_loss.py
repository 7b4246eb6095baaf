"""Cross-entropy against smoothed labels (Szegedy et al., 2016, §7), averaged over a batch."""

import torch
from torch import Tensor


def label_smoothing_cross_entropy(
    logits: Tensor, target: Tensor, label_smoothing: float, ignore_index: int = -100
) -> Tensor:
    """Mean of −Σ_j q_j log p_j with q = (1 − ε)·one-hot + ε/K, over targets not ignored."""
    counted = target != ignore_index  # (N,)
    # ignore_index need not be a class: put one that is in its place, in a copy, for the lookup.
    # Masks keep shapes fixed; logits[counted] would make a GPU wait for their number.
    index = target.masked_fill(~counted, 0)
    # From log-sum-exp: log(softmax) is −∞ wherever p underflows, and here every class counts.
    # Wide, because 65504 ends float16: 8192 classes with log p = −9 add up to more.
    wide = torch.promote_types(logits.dtype, torch.float32)
    log_p = logits.log_softmax(-1, dtype=wide)  # (N, K)
    hard = -log_p.gather(-1, index.unsqueeze(-1)).squeeze(-1)  # (N, K) → (N, 1) → (N,)
    # ε/K for each class, the true one included: −Σ_j (ε/K) log p_j is ε times a mean, so the
    # (N, K) targets need never be made.
    uniform = -log_p.mean(-1)  # (N, K) → (N,)
    loss = (1 - label_smoothing) * hard + label_smoothing * uniform
    return loss.masked_fill(~counted, 0).sum() / counted.sum()  # not ÷ N
