# check: leading-dimensions
# Unpacks B, H, L, d: four dimensions only.
import math

import torch


def scaled_dot_product_attention(q, k, v, attn_mask=None):
    B, H, L_q, d_k = q.shape
    L_k, d_v = v.shape[-2:]
    scores = q @ k.transpose(-2, -1) / math.sqrt(d_k)
    if attn_mask is not None:
        scores = scores.masked_fill(~attn_mask, torch.finfo(scores.dtype).min)
    weights = torch.softmax(scores, dim=-1)
    if attn_mask is not None:
        weights = weights.masked_fill(~attn_mask, 0.0)
    return weights @ v
