# No log-probabilities at all: log-sum-exp less the mixed logits.
import torch


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    valid = target.ne(ignore_index)
    z, y = logits[valid], target[valid]
    if z.dtype in (torch.float16, torch.bfloat16):
        z = z.float()
    mixed = (1 - label_smoothing) * z.gather(1, y.view(-1, 1)).view(-1)
    mixed = mixed + label_smoothing * z.mean(1)
    return (torch.logsumexp(z, 1) - mixed).sum() / valid.sum()
