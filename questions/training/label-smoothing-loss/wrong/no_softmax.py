# check: one-hot
# Takes the logits for log-probabilities, as an NLL loss does.


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    keep = target != ignore_index
    logits, target = logits[keep], target[keep]
    nll = -logits.gather(1, target.unsqueeze(1)).squeeze(1)
    smooth = -logits.mean(dim=1)
    return ((1 - label_smoothing) * nll + label_smoothing * smooth).mean()
