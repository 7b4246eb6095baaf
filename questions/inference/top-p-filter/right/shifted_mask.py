# Removes what comes after the first sum of p or more, by shifting the mask by one.
import torch


def top_p_probs(logits, p, temperature=1.0):
    x = logits.double() / temperature
    ordered, index = x.sort(dim=-1, descending=True)
    passed = ordered.softmax(-1).cumsum(-1) >= p
    remove = torch.cat([torch.zeros_like(passed[..., :1]), passed[..., :-1]], dim=-1)
    remove = torch.gather(remove, -1, index.argsort(dim=-1))
    return x.masked_fill(remove, -torch.inf).softmax(-1).to(logits.dtype)
