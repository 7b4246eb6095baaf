# Leading dimensions folded into one batch by reshape, for bmm; the mask expanded to match.
import torch


def scaled_dot_product_attention(q, k, v, attn_mask=None):
    lead, (Lq, d), (Lk, dv) = q.shape[:-2], q.shape[-2:], v.shape[-2:]
    n = 1
    for size in lead:
        n *= size
    Q, K, V = q.reshape(n, Lq, d), k.reshape(n, Lk, d), v.reshape(n, Lk, dv)
    scores = torch.bmm(Q * d**-0.5, K.transpose(1, 2))
    if attn_mask is not None:
        hidden = ~attn_mask.expand(*lead, Lq, Lk).reshape(n, Lq, Lk)
        scores = scores.masked_fill(hidden, torch.finfo(scores.dtype).min)
    weights = torch.nn.functional.softmax(scores, dim=2)
    if attn_mask is not None:
        weights = weights.masked_fill(hidden, 0)
    return torch.bmm(weights, V).reshape(*lead, Lq, dv)
