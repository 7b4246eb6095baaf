# check: input-unchanged
# Writes -inf into the caller's logits.
import torch


def top_p_probs(logits, p, temperature=1.0):
    x = logits.to(torch.promote_types(logits.dtype, torch.float32))
    probs = torch.softmax(x / temperature, dim=-1)
    sorted_probs, idx = torch.sort(probs, dim=-1, descending=True)
    cum = torch.cumsum(sorted_probs, dim=-1)
    remove = (cum - sorted_probs >= p).scatter(-1, idx, cum - sorted_probs >= p)
    logits[remove] = float("-inf")
    return torch.softmax(logits / temperature, dim=-1)
