# check: ignored-samples
# (N, 1) + (N,) is (N, N): each hard part meets each uniform part.
import torch


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    keep = target != ignore_index
    log_p = torch.log_softmax(logits, dim=-1)
    nll = -log_p.gather(1, target.masked_fill(~keep, 0).unsqueeze(1))
    smooth = -log_p.mean(dim=1)
    loss = (1 - label_smoothing) * nll + label_smoothing * smooth
    return loss[keep].mean()
