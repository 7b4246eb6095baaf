# check: inputs-unchanged
# Writes a class into the caller's ignored targets.
import torch


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    ignored = target == ignore_index
    target[ignored] = 0
    log_p = torch.log_softmax(logits, dim=-1)
    nll = -log_p.gather(1, target[:, None]).squeeze(1)
    loss = (1 - label_smoothing) * nll - label_smoothing * log_p.mean(dim=1)
    loss = loss.masked_fill(ignored, 0.0)
    return loss.sum() / (~ignored).sum()
