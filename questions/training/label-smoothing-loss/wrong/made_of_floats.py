# check: gradients
# Adds up Python numbers and makes a new tensor of them.
import torch


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    log_p = torch.log_softmax(logits, dim=-1)
    total, count = 0.0, 0
    for row, label in zip(log_p, target.tolist()):
        if label == ignore_index:
            continue
        total -= (1 - label_smoothing) * row[label].item()
        total -= label_smoothing * row.mean().item()
        count += 1
    return torch.tensor(total / count, dtype=logits.dtype)
