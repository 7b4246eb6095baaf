# check: ignore-index-argument
# Ignores negative targets, whatever ignore_index says.
import torch


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    keep = target >= 0
    log_p = torch.log_softmax(logits[keep], dim=-1)
    nll = -log_p.gather(1, target[keep].unsqueeze(1)).squeeze(1)
    smooth = -log_p.mean(dim=1)
    return ((1 - label_smoothing) * nll + label_smoothing * smooth).mean()
