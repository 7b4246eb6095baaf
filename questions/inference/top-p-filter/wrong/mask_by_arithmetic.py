# check: excluded-tokens
# Multiplies by a mask of 0 and 1: minus infinity times 0 is NaN.
import torch


def top_p_probs(logits, p, temperature=1.0):
    x = logits.to(torch.promote_types(logits.dtype, torch.float32))
    probs = torch.softmax(x / temperature, dim=-1)
    sorted_probs, idx = torch.sort(probs, dim=-1, descending=True)
    cum = torch.cumsum(sorted_probs, dim=-1)
    keep = torch.zeros_like(probs).scatter(-1, idx, (cum - sorted_probs < p).to(probs.dtype))
    masked = x / temperature * keep + (1 - keep) * -1e9
    return torch.softmax(masked, dim=-1).to(logits.dtype)
