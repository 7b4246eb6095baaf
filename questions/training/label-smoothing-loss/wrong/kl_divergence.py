# check: total-weight
# The KL divergence from the smoothed target: cross-entropy less its entropy.
import torch
import torch.nn.functional as F


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    keep = target != ignore_index
    log_p = F.log_softmax(logits[keep], dim=-1)
    q = torch.full_like(log_p, label_smoothing / log_p.shape[-1])
    q[torch.arange(len(q)), target[keep]] += 1 - label_smoothing
    return F.kl_div(log_p, q, reduction="batchmean")
