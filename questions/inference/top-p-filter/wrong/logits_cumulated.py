# check: tail-removed
# Adds up logits, not probabilities.
import torch


def top_p_probs(logits, p, temperature=1.0):
    x = logits.to(torch.promote_types(logits.dtype, torch.float32))
    probs = torch.softmax(x / temperature, dim=-1)
    sorted_logits, idx = torch.sort(x / temperature, dim=-1, descending=True)
    before = torch.cumsum(sorted_logits, dim=-1) - sorted_logits
    remove = torch.zeros_like(before, dtype=torch.bool).scatter(-1, idx, before >= p)
    out = probs.masked_fill(remove, 0.0)
    return (out / out.sum(dim=-1, keepdim=True)).to(logits.dtype)
