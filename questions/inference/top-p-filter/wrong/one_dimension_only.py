# check: shape
# Indexing that fits a single row without a batch.
import torch


def top_p_probs(logits, p, temperature=1.0):
    x = logits.to(torch.promote_types(logits.dtype, torch.float32))
    probs = torch.softmax(x / temperature, dim=-1)
    sorted_probs, idx = torch.sort(probs, dim=-1, descending=True)
    cum = torch.cumsum(sorted_probs, dim=-1)
    n = int((cum - sorted_probs < p).sum())
    out = torch.zeros_like(probs)
    out[idx[:n]] = sorted_probs[:n] / sorted_probs[:n].sum()
    return out.to(logits.dtype)
