# check: rows-apart
# Removes from every row what the first row removes.
import torch


def top_p_probs(logits, p, temperature=1.0):
    x = logits.to(torch.promote_types(logits.dtype, torch.float32))
    probs = torch.softmax(x / temperature, dim=-1)
    first = probs.reshape(-1, probs.shape[-1])[:1].expand(1, -1)
    sorted_probs, idx = first.sort(dim=-1, descending=True)
    before = sorted_probs.cumsum(dim=-1) - sorted_probs
    out = probs.clone()
    out[..., idx[before >= p]] = 0.0
    return (out / out.sum(dim=-1, keepdim=True)).to(logits.dtype)
