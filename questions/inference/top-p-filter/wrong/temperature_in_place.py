# check: input-unchanged
# /= divides the caller's logits.
import torch


def top_p_probs(logits, p, temperature=1.0):
    logits /= temperature
    probs = torch.softmax(logits.to(torch.promote_types(logits.dtype, torch.float32)), dim=-1)
    sorted_probs, idx = torch.sort(probs, dim=-1, descending=True)
    cum = torch.cumsum(sorted_probs, dim=-1)
    sorted_probs = sorted_probs * (cum - sorted_probs < p)
    out = torch.zeros_like(probs).scatter(-1, idx, sorted_probs)
    return (out / out.sum(dim=-1, keepdim=True)).to(logits.dtype)
