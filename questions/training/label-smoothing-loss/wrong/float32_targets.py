# check: precision
# The integer one-hot times a Python float is float32, whatever the logits are.
import torch.nn.functional as F


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    keep = target != ignore_index
    log_p = F.log_softmax(logits[keep], dim=-1)
    num_classes = logits.shape[-1]
    q = F.one_hot(target[keep], num_classes) * (1 - label_smoothing)
    q = q + label_smoothing / num_classes
    return -(q * log_p).sum(dim=-1).mean()
