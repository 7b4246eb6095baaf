# check: own-keys
# reshape gives the right shape and the wrong numbers.
import math

import torch


def scaled_dot_product_attention(q, k, v, attn_mask=None):
    k_t = k.reshape(*k.shape[:-2], k.size(-1), k.size(-2))
    scores = q @ k_t / math.sqrt(q.size(-1))
    if attn_mask is not None:
        scores = scores.masked_fill(~attn_mask, torch.finfo(scores.dtype).min)
    weights = torch.softmax(scores, dim=-1)
    if attn_mask is not None:
        weights = weights.masked_fill(~attn_mask, 0.0)
    return weights @ v
