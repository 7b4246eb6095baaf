# check: ignored-samples
# clamp makes class 0 of what is to be ignored.
import torch


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    log_p = torch.log_softmax(logits, dim=-1)
    target = target.clamp(min=0)
    nll = -log_p.gather(1, target.unsqueeze(1)).squeeze(1)
    smooth = -log_p.mean(dim=1)
    return ((1 - label_smoothing) * nll + label_smoothing * smooth).mean()
