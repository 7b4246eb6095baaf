# A Python loop over samples, skipping the ignored ones.
import torch


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    losses = []
    for row, label in zip(logits, target.tolist()):
        if label == ignore_index:
            continue
        log_p = torch.log_softmax(row, dim=0)
        losses.append(-(1 - label_smoothing) * log_p[label] - label_smoothing * log_p.mean())
    return torch.stack(losses).mean()
