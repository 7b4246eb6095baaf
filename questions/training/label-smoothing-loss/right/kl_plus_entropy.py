# The KL divergence from the smoothed target, plus the entropy of that target.
import torch
import torch.nn.functional as F


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    keep = target != ignore_index
    log_p = F.log_softmax(logits[keep], dim=-1, dtype=torch.float64)
    q = F.one_hot(target[keep], logits.shape[-1]).double() * (1 - label_smoothing)
    q = q + label_smoothing / logits.shape[-1]
    entropy = -torch.xlogy(q, q).sum(dim=-1).mean()
    return (F.kl_div(log_p, q, reduction="batchmean") + entropy).to(logits.dtype)
