# check: empty
# One sample at a time, put together by stack: nothing to stack in an empty batch.
import math

import torch


def attend(q, k, v, mask):
    if q.dim() > 2:
        return torch.stack([attend(*one) for one in zip(q, k, v, mask, strict=True)])
    scores = (q / math.sqrt(q.size(-1))) @ k.T
    scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    return torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0) @ v


def scaled_dot_product_attention(q, k, v, attn_mask=None):
    shape = (*q.shape[:-1], k.size(-2))
    if attn_mask is None:
        attn_mask = torch.ones(shape, dtype=torch.bool, device=q.device)
    return attend(q, k, v, attn_mask.expand(shape))
