# check: large-logits
# Exponentiates raw logits.


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    keep = target != ignore_index
    z = logits[keep]
    log_p = z - z.exp().sum(dim=-1, keepdim=True).log()
    nll = -log_p.gather(1, target[keep].unsqueeze(1)).squeeze(1)
    smooth = -log_p.mean(dim=1)
    return ((1 - label_smoothing) * nll + label_smoothing * smooth).mean()
