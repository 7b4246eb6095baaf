# check: memory-layout
# view folds samples and heads into one batch, which wants contiguous memory.
import math

import torch


def scaled_dot_product_attention(q, k, v, attn_mask=None):
    lead, L_q, L_k = q.shape[:-2], q.size(-2), k.size(-2)
    n = math.prod(lead)
    q = q.view(n, L_q, q.size(-1))
    k = k.view(n, L_k, k.size(-1))
    scores = torch.bmm(q, k.transpose(1, 2)) / math.sqrt(q.size(-1))
    scores = scores.view(*lead, L_q, L_k)
    if attn_mask is not None:
        scores = scores.masked_fill(~attn_mask, torch.finfo(scores.dtype).min)
    weights = torch.softmax(scores, dim=-1)
    if attn_mask is not None:
        weights = weights.masked_fill(~attn_mask, 0.0)
    return weights @ v
