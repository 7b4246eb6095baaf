# The target distribution written out in full, then a sum over classes.
import torch


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    keep = target != ignore_index
    log_p = logits[keep].log_softmax(dim=-1)
    n, k = log_p.shape
    q = torch.full((n, k), label_smoothing / k, dtype=log_p.dtype)
    q[torch.arange(n), target[keep]] += 1 - label_smoothing
    return -(q * log_p).sum(dim=-1).mean()
