# check: tail-removed
# Compares each probability with p.
import torch


def top_p_probs(logits, p, temperature=1.0):
    x = logits.to(torch.promote_types(logits.dtype, torch.float32))
    probs = torch.softmax(x / temperature, dim=-1)
    out = probs.masked_fill(probs < p, 0.0)
    return (out / out.sum(dim=-1, keepdim=True)).to(logits.dtype)
