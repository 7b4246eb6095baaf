# check: rows-apart
# One k for all rows, the largest.
import torch


def top_p_probs(logits, p, temperature=1.0):
    x = logits.to(torch.promote_types(logits.dtype, torch.float32))
    probs = torch.softmax(x / temperature, dim=-1)
    sorted_probs, idx = torch.sort(probs, dim=-1, descending=True)
    cum = torch.cumsum(sorted_probs, dim=-1)
    k = int((cum - sorted_probs < p).sum(dim=-1).max()) if probs.numel() else 0
    values, idx = probs.topk(k, dim=-1)
    out = torch.zeros_like(probs).scatter(-1, idx, values)
    return (out / out.sum(dim=-1, keepdim=True)).to(logits.dtype)
