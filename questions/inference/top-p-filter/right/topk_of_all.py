# topk of the whole vocabulary, and exclusive sums by padding.
import torch


def top_p_probs(logits, p, temperature=1.0):
    z = logits.to(torch.promote_types(logits.dtype, torch.float32)).div(temperature)
    z = z - z.amax(dim=-1, keepdim=True)
    weights = z.exp()
    weights, tokens = weights.topk(weights.shape[-1], dim=-1)
    total = weights.sum(dim=-1, keepdim=True)
    before = torch.nn.functional.pad(weights.cumsum(dim=-1), (1, 0))[..., :-1]
    weights = torch.where(before < p * total, weights, 0.0)
    out = torch.zeros_like(z)
    out.scatter_add_(-1, tokens, weights)
    return out.div(out.sum(dim=-1, keepdim=True)).to(logits.dtype)
