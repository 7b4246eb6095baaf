# check: leading-dimensions
# Unpacks the shape into batch and vocabulary.
import torch


def top_p_probs(logits, p, temperature=1.0):
    batch, vocab = logits.shape
    x = logits.to(torch.promote_types(logits.dtype, torch.float32))
    probs = torch.softmax(x / temperature, dim=-1)
    sorted_probs, idx = torch.sort(probs, dim=-1, descending=True)
    cum = torch.cumsum(sorted_probs, dim=-1)
    out = torch.zeros(batch, vocab, dtype=probs.dtype)
    for b in range(batch):
        n = int((cum[b] - sorted_probs[b] < p).sum())
        out[b, idx[b, :n]] = sorted_probs[b, :n] / sorted_probs[b, :n].sum()
    return out.to(logits.dtype)
