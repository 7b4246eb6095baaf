# check: one-hot
# .mean() over samples and classes alike.
import torch.nn.functional as F


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    keep = target != ignore_index
    logits, target = logits[keep], target[keep]
    num_classes = logits.shape[-1]
    log_p = F.log_softmax(logits, dim=-1)
    q = F.one_hot(target, num_classes).to(log_p.dtype)
    q = q * (1 - label_smoothing) + label_smoothing / num_classes
    return -(q * log_p).mean()
