# check: shape
# Cuts the row short instead of setting the rest to 0.
import torch


def top_p_probs(logits, p, temperature=1.0):
    x = logits.to(torch.promote_types(logits.dtype, torch.float32))
    probs = torch.softmax(x / temperature, dim=-1)
    sorted_probs, idx = torch.sort(probs, dim=-1, descending=True)
    cum = torch.cumsum(sorted_probs, dim=-1)
    n = int((cum - sorted_probs < p).sum(dim=-1).max())
    kept = sorted_probs[..., :n]
    return (kept / kept.sum(dim=-1, keepdim=True)).to(logits.dtype)
