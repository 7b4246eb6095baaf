# check: nucleus-size
# Keeps a fraction p of the tokens, not of the probability.
import math

import torch


def top_p_probs(logits, p, temperature=1.0):
    k = math.ceil(p * logits.shape[-1])
    x = logits.to(torch.promote_types(logits.dtype, torch.float32))
    probs = torch.softmax(x / temperature, dim=-1)
    values, idx = probs.topk(k, dim=-1)
    out = torch.zeros_like(probs).scatter(-1, idx, values)
    return (out / out.sum(dim=-1, keepdim=True)).to(logits.dtype)
