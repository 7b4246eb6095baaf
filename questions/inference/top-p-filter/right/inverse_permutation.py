# Sorts the order itself: argsort of argsort is the rank of each token.
import torch


def top_p_probs(logits, p, temperature=1.0):
    x = logits.to(torch.promote_types(logits.dtype, torch.float32)) / temperature
    probs = torch.exp(x - torch.logsumexp(x, dim=-1, keepdim=True))
    order = torch.argsort(probs, dim=-1, descending=True)
    rank = torch.argsort(order, dim=-1)
    ranked = torch.take_along_dim(probs, order, dim=-1)
    stays = torch.cumsum(ranked, dim=-1) - ranked < p
    out = torch.where(torch.take_along_dim(stays, rank, dim=-1), probs, torch.zeros_like(probs))
    return (out / torch.sum(out, dim=-1, keepdim=True)).to(logits.dtype)
