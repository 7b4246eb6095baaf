# check: inputs-unchanged
# -= writes into the caller's logits.
import torch


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    logits -= logits.max(dim=-1, keepdim=True).values
    log_p = logits - logits.exp().sum(dim=-1, keepdim=True).log()
    keep = target != ignore_index
    log_p, target = log_p[keep], target[keep]
    nll = -log_p[torch.arange(len(target)), target]
    return ((1 - label_smoothing) * nll - label_smoothing * log_p.mean(dim=-1)).mean()
