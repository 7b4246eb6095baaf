# check: total-weight
# Sums log p over the classes where a mean belongs.
import torch


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    keep = target != ignore_index
    log_p = torch.log_softmax(logits[keep], dim=-1)
    nll = -log_p.gather(1, target[keep].unsqueeze(1)).squeeze(1)
    smooth = -log_p.sum(dim=1)
    return ((1 - label_smoothing) * nll + label_smoothing * smooth).mean()
