# Everything in float64, whatever comes in; exp of scores minus their logsumexp.
import math

import torch


def scaled_dot_product_attention(q, k, v, attn_mask=None):
    scores = torch.matmul(q.double(), k.double().mT).div(math.sqrt(k.shape[-1]))
    if attn_mask is None:
        attn_mask = torch.ones_like(scores, dtype=torch.bool)
    scores = scores.where(attn_mask, torch.full_like(scores, -1e300))
    weights = torch.exp(scores - scores.logsumexp(-1, keepdim=True))
    weights = weights * attn_mask
    return torch.matmul(weights, v.double()).to(q.dtype)
