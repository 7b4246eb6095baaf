# check: weights-sum-to-one
# The scores themselves are the weights.
import math


def scaled_dot_product_attention(q, k, v, attn_mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if attn_mask is not None:
        scores = scores.masked_fill(~attn_mask, 0.0)
    return scores @ v
