# check: one-hot
# log_softmax of what has been through a softmax already.
import torch.nn.functional as F


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    keep = target != ignore_index
    p = F.softmax(logits[keep], dim=-1)
    log_p = F.log_softmax(p, dim=-1)
    nll = -log_p.gather(1, target[keep].unsqueeze(1)).squeeze(1)
    smooth = -log_p.mean(dim=1)
    return ((1 - label_smoothing) * nll + label_smoothing * smooth).mean()
