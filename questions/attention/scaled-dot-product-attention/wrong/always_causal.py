# check: own-keys
# Hides the future in every call, asked or not.
import math

import torch


def scaled_dot_product_attention(q, k, v, attn_mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    past = torch.ones(q.size(-2), k.size(-2), dtype=torch.bool, device=q.device).tril()
    mask = past if attn_mask is None else attn_mask & past
    scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
    return weights @ v
