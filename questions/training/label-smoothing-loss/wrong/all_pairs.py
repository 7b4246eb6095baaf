# check: mean-over-samples
# log_p[:, target] looks up every target in every row.
import torch


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    keep = target != ignore_index
    log_p = torch.log_softmax(logits[keep], dim=-1)
    nll = -log_p[:, target[keep]]
    return (1 - label_smoothing) * nll.mean() - label_smoothing * log_p.mean()
