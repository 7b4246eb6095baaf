# check: every-class-shares
# ε is spread over the K - 1 other classes.
import torch


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    keep = target != ignore_index
    log_p = torch.log_softmax(logits[keep], dim=-1)
    others = max(log_p.shape[-1] - 1, 1)
    q = torch.full_like(log_p, label_smoothing / others)
    q.scatter_(1, target[keep].unsqueeze(1), 1 - label_smoothing)
    return -(q * log_p).sum(dim=-1).mean()
