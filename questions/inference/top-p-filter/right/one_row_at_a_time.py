# A helper for one row, mapped over the rows; indices instead of masks.
import torch


def nucleus(one, p, temperature):
    wide = torch.float64 if one.dtype == torch.float64 else torch.float32
    probs = torch.softmax(one / temperature, dim=0, dtype=wide)
    order = probs.argsort(descending=True)
    sums = probs[order].cumsum(0)
    count = min(int((sums < p).sum()) + 1, len(order))
    kept = torch.zeros_like(probs)
    kept[order[:count]] = probs[order[:count]]
    return (kept / kept.sum()).to(one.dtype)


def top_p_probs(logits, p, temperature=1.0):
    flat = logits.reshape(-1, logits.shape[-1])
    out = torch.zeros(flat.shape, dtype=flat.dtype)
    for number, one in enumerate(flat):
        out[number] = nucleus(one, p, temperature)
    return out.reshape(logits.shape)
