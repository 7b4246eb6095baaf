# check: allowed-calls
# Has the library compute it.
import torch.nn.functional as F


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    return F.cross_entropy(
        logits, target, label_smoothing=label_smoothing, ignore_index=ignore_index
    )
