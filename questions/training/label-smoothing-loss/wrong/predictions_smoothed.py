# check: every-class-shares
# Smooths the prediction and not the label.
import torch


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    keep = target != ignore_index
    p = torch.softmax(logits[keep], dim=-1)
    p = (1 - label_smoothing) * p + label_smoothing / p.shape[-1]
    return -p.log().gather(1, target[keep].unsqueeze(1)).mean()
