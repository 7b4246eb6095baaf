# check: one-hot
# log p without its minus sign.
import torch.nn.functional as F


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    keep = target != ignore_index
    log_p = F.log_softmax(logits[keep], dim=-1)
    hard = log_p.gather(1, target[keep].unsqueeze(1)).squeeze(1)
    return ((1 - label_smoothing) * hard + label_smoothing * log_p.mean(dim=1)).mean()
