# check: temperature-divides
# Divides probabilities, which renormalizing undoes.
import torch


def top_p_probs(logits, p, temperature=1.0):
    x = logits.to(torch.promote_types(logits.dtype, torch.float32))
    probs = torch.softmax(x, dim=-1) / temperature
    sorted_probs, idx = torch.sort(probs, dim=-1, descending=True)
    cum = torch.cumsum(sorted_probs, dim=-1)
    sorted_probs = sorted_probs * (cum - sorted_probs < p)
    out = torch.zeros_like(probs).scatter(-1, idx, sorted_probs)
    return (out / out.sum(dim=-1, keepdim=True)).to(logits.dtype)
