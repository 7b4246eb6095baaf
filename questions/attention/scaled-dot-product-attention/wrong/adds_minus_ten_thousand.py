# check: hidden-scores
# Adds -1e4 to hidden scores, as early BERT code did.
import math

import torch


def scaled_dot_product_attention(q, k, v, attn_mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if attn_mask is not None:
        scores = scores + (1.0 - attn_mask.to(scores.dtype)) * -10000.0
    weights = torch.softmax(scores, dim=-1)
    return weights @ v
