# check: rows-apart
# Sorts and adds up the whole batch as one row.
import torch


def top_p_probs(logits, p, temperature=1.0):
    x = logits.to(torch.promote_types(logits.dtype, torch.float32))
    probs = torch.softmax(x / temperature, dim=-1)
    flat, idx = probs.flatten().sort(descending=True)
    before = flat.cumsum(0) - flat
    flat = flat * (before < p)
    out = torch.zeros_like(flat).scatter(0, idx, flat).reshape(probs.shape)
    return (out / out.sum(dim=-1, keepdim=True)).to(logits.dtype)
