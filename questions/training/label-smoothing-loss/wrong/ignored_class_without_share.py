# check: ignore-index-argument
# The class that is ignored gets no share of ε.
import torch


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    keep = target != ignore_index
    log_p = torch.log_softmax(logits[keep], dim=-1)
    num_classes = log_p.shape[-1]
    q = torch.full_like(log_p, label_smoothing / num_classes)
    if 0 <= ignore_index < num_classes:
        q[:] = label_smoothing / (num_classes - 1)
        q[:, ignore_index] = 0
    hot = torch.zeros_like(q).scatter_(1, target[keep].unsqueeze(1), 1 - label_smoothing)
    return -((q + hot) * log_p).sum(dim=-1).mean()
