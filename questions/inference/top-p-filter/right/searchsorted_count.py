# searchsorted tells how many tokens to keep.
import torch


def top_p_probs(logits, p, temperature=1.0):
    wide = logits.float() if logits.dtype.itemsize < 4 else logits
    probs = torch.softmax(wide / temperature, -1)
    values, index = probs.sort(-1, descending=True)
    sums = values.cumsum(-1).contiguous()
    target = torch.full_like(sums[..., :1], p).contiguous()
    count = torch.searchsorted(sums, target) + 1
    values = values.where(torch.arange(values.shape[-1]) < count, 0)
    values = values / values.sum(-1, keepdim=True)
    return torch.empty_like(values).scatter_(-1, index, values).to(logits.dtype)
