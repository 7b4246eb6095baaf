# log-softmax by hand, shifted by the largest logit; where() for what is ignored.
import torch


def label_smoothing_cross_entropy(logits, target, label_smoothing, ignore_index=-100):
    z = logits.to(torch.promote_types(logits.dtype, torch.float32))
    z = z - z.max(dim=1, keepdim=True).values.detach()
    log_p = z - torch.log(torch.exp(z).sum(dim=1, keepdim=True))
    skip = target == ignore_index
    index = torch.where(skip, torch.zeros_like(target), target)
    hard = -torch.take_along_dim(log_p, index[:, None], dim=1)[:, 0]
    soft = -log_p.sum(dim=1) / z.shape[1]
    loss = hard + label_smoothing * (soft - hard)
    return torch.where(skip, torch.zeros_like(loss), loss).sum() / (~skip).sum()
