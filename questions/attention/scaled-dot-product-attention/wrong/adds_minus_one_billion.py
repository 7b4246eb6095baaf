# check: fully-masked
# Adds -1e9: a row that sees nothing keeps its differences.
import math

import torch


def scaled_dot_product_attention(q, k, v, attn_mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if attn_mask is not None:
        bias = torch.zeros(attn_mask.shape, dtype=q.dtype).masked_fill(~attn_mask, -1e9)
        scores = scores + bias
    weights = torch.softmax(scores, dim=-1)
    return weights @ v
