# check: large-logits
# A small constant keeps the logarithm from 0, and from the truth.
import torch


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    keep = target != ignore_index
    log_p = torch.log(torch.softmax(logits[keep], dim=-1) + 1e-9)
    nll = -log_p.gather(1, target[keep].unsqueeze(1)).squeeze(1)
    smooth = -log_p.mean(dim=1)
    return ((1 - label_smoothing) * nll + label_smoothing * smooth).mean()
