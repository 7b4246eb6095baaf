# check: large-scores
# A softmax by hand, without the maximum taken out.
import math


def scaled_dot_product_attention(q, k, v, attn_mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    weights = scores.exp()
    if attn_mask is not None:
        weights = weights.masked_fill(~attn_mask, 0.0)
    weights = weights / weights.sum(dim=-1, keepdim=True).clamp(min=1e-30)
    return weights @ v
