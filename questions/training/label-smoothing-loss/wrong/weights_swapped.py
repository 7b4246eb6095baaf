# check: one-hot
# label_smoothing weighs the true class, the rest the uniform part.
import torch


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    keep = target != ignore_index
    log_p = torch.log_softmax(logits[keep], dim=-1)
    nll = -log_p.gather(1, target[keep].unsqueeze(1)).squeeze(1)
    smooth = -log_p.mean(dim=1)
    return (label_smoothing * nll + (1 - label_smoothing) * smooth).mean()
