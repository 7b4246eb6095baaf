# check: mean-over-counted
# Zeros for the ignored, then the mean over all.
import torch


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    ignored = target == ignore_index
    log_p = torch.log_softmax(logits, dim=-1)
    nll = -log_p.gather(1, target.masked_fill(ignored, 0).unsqueeze(1)).squeeze(1)
    smooth = -log_p.mean(dim=1)
    loss = (1 - label_smoothing) * nll + label_smoothing * smooth
    return loss.masked_fill(ignored, 0.0).mean()
