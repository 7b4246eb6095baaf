# check: ties
# Keeps whatever is as likely as the token that crosses p.
import torch


def top_p_probs(logits, p, temperature=1.0):
    x = logits.to(torch.promote_types(logits.dtype, torch.float32))
    probs = torch.softmax(x / temperature, dim=-1)
    sorted_probs, idx = torch.sort(probs, dim=-1, descending=True)
    cum = torch.cumsum(sorted_probs, dim=-1)
    last = (cum - sorted_probs < p).sum(dim=-1, keepdim=True) - 1
    lowest = sorted_probs.gather(-1, last)
    out = probs.masked_fill(probs < lowest, 0.0)
    return (out / out.sum(dim=-1, keepdim=True)).to(logits.dtype)
