# check: vocabulary-order
# Adds up in the order of the vocabulary.
import torch


def top_p_probs(logits, p, temperature=1.0):
    x = logits.to(torch.promote_types(logits.dtype, torch.float32))
    probs = torch.softmax(x / temperature, dim=-1)
    before = probs.cumsum(dim=-1) - probs
    out = probs.masked_fill(before >= p, 0.0)
    return (out / out.sum(dim=-1, keepdim=True)).to(logits.dtype)
