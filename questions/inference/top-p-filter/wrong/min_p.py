# check: nucleus-size
# Keeps what has at least p times the largest probability.
import torch


def top_p_probs(logits, p, temperature=1.0):
    x = logits.to(torch.promote_types(logits.dtype, torch.float32))
    probs = torch.softmax(x / temperature, dim=-1)
    largest = probs.amax(dim=-1, keepdim=True)
    out = torch.where(probs >= p * largest, probs, torch.zeros_like(probs))
    return (out / out.sum(dim=-1, keepdim=True)).to(logits.dtype)
