# Recursion over the leading dimensions; a row that sees nothing takes part with a zero row.
import torch


def one(q, k, v, mask):
    scores = torch.addmm(q.new_zeros(1), q * (q.shape[1] ** -0.5), k.t())
    if mask is not None:
        mask = mask.expand(scores.shape)
        alive = mask.any(1)
        weights = torch.zeros_like(scores)
        filled = scores[alive].masked_fill(~mask[alive], float("-inf"))
        weights[alive] = filled.softmax(1)
    else:
        weights = scores.softmax(1)
    return weights.mm(v)


def scaled_dot_product_attention(q, k, v, attn_mask=None):
    if q.dim() == 2:
        return one(q, k, v, attn_mask)
    if len(q) == 0:
        return q.new_empty(*q.shape[:-1], v.shape[-1])
    if attn_mask is not None:
        attn_mask = attn_mask.expand(*q.shape[:-1], k.shape[-2])
    masks = [None] * len(q) if attn_mask is None else list(attn_mask)
    parts = [scaled_dot_product_attention(*rest) for rest in zip(q, k, v, masks)]
    return torch.stack(parts)
