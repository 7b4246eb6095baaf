# check: fully-masked-gradients
# Adds -inf and repairs the NaN afterwards: forward only.
import math

import torch


def scaled_dot_product_attention(q, k, v, attn_mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if attn_mask is not None:
        bias = torch.zeros_like(scores).masked_fill(~attn_mask, float("-inf"))
        scores = scores + bias
    weights = torch.softmax(scores, dim=-1)
    weights = torch.nan_to_num(weights)
    return weights @ v
