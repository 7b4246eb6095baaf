# check: tail-removed
# Sets removed logits to 0, which is a logit like any other.
import torch


def top_p_probs(logits, p, temperature=1.0):
    x = logits.to(torch.promote_types(logits.dtype, torch.float32))
    probs = torch.softmax(x / temperature, dim=-1)
    sorted_probs, idx = torch.sort(probs, dim=-1, descending=True)
    cum = torch.cumsum(sorted_probs, dim=-1)
    remove = cum - sorted_probs >= p
    remove = torch.zeros_like(remove).scatter(-1, idx, remove)
    return torch.softmax((x / temperature).masked_fill(remove, 0.0), dim=-1).to(logits.dtype)
