# check: temperature-first
# Cuts first and heats what is left.
import torch


def top_p_probs(logits, p, temperature=1.0):
    x = logits.to(torch.promote_types(logits.dtype, torch.float32))
    probs = torch.softmax(x, dim=-1)
    sorted_probs, idx = torch.sort(probs, dim=-1, descending=True)
    before = torch.cumsum(sorted_probs, dim=-1) - sorted_probs
    remove = torch.zeros_like(before, dtype=torch.bool).scatter(-1, idx, before >= p)
    x = x.masked_fill(remove, float("-inf"))
    return torch.softmax(x / temperature, dim=-1).to(logits.dtype)
