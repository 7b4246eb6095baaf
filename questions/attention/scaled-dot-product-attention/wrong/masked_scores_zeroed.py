# check: mask-polarity
# A score of 0 still has the weight e⁰.
import math

import torch


def scaled_dot_product_attention(q, k, v, attn_mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if attn_mask is not None:
        scores = scores * attn_mask
    weights = torch.softmax(scores, dim=-1)
    return weights @ v
