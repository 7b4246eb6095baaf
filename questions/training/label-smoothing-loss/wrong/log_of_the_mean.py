# check: every-class-shares
# Averages p and then takes the logarithm.
import torch


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    keep = target != ignore_index
    p = torch.softmax(logits[keep], dim=-1)
    nll = -torch.log_softmax(logits[keep], dim=-1).gather(1, target[keep].unsqueeze(1)).squeeze(1)
    smooth = -p.mean(dim=1).log()
    return ((1 - label_smoothing) * nll + label_smoothing * smooth).mean()
