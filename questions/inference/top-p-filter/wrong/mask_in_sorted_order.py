# check: vocabulary-order
# The mask stands by rank, the probabilities by token.
import torch


def top_p_probs(logits, p, temperature=1.0):
    x = logits.to(torch.promote_types(logits.dtype, torch.float32))
    probs = torch.softmax(x / temperature, dim=-1)
    sorted_probs, idx = torch.sort(probs, dim=-1, descending=True)
    cum = torch.cumsum(sorted_probs, dim=-1)
    keep = cum - sorted_probs < p
    out = probs * keep
    return (out / out.sum(dim=-1, keepdim=True)).to(logits.dtype)
