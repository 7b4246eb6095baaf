# check: hidden-scores
# Softmax over all keys, then zero the hidden ones and renormalize.
import math

import torch


def scaled_dot_product_attention(q, k, v, attn_mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    weights = torch.softmax(scores, dim=-1)
    if attn_mask is not None:
        weights = weights * attn_mask
        weights = weights / weights.sum(dim=-1, keepdim=True).clamp(min=1e-30)
    return weights @ v
