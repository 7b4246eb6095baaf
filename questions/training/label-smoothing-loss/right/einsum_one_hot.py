# One-hot targets by comparison, mixed, and contracted with einsum in float64.
import torch


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    classes = torch.arange(logits.size(1))
    hot = (target[:, None] == classes[None, :]).double()
    q = hot.lerp(torch.full_like(hot, 1 / logits.size(1)), label_smoothing)
    weight = (target != ignore_index).double()
    log_p = torch.log_softmax(logits.double(), 1)
    loss = -torch.einsum("n,nk,nk->", weight / weight.sum(), q, log_p)
    return loss.to(logits.dtype)
