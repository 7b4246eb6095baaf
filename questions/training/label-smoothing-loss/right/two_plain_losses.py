# Two averages, hard and uniform, mixed at the very end.
import torch
import torch.nn.functional as F


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    counted = (target != ignore_index).nonzero().squeeze(1)
    log_p = F.log_softmax(logits.index_select(0, counted), dim=1)
    hard = log_p[torch.arange(counted.numel()), target.index_select(0, counted)].mean()
    uniform = log_p.mean()
    return -torch.lerp(hard, uniform, float(label_smoothing))
