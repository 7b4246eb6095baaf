# -inf and nan_to_num: right only because masked_fill's backward writes 0 where it filled.
import torch


def scaled_dot_product_attention(q, k, v, attn_mask=None):
    root = q.size(-1) ** 0.25  # half of the scale on either side
    scores = torch.matmul(q / root, (k / root).transpose(-2, -1))
    if attn_mask is not None:
        scores = scores.masked_fill(attn_mask.logical_not(), float("-inf"))
    weights = torch.softmax(scores, dim=-1)
    if attn_mask is not None:
        weights = torch.nan_to_num(weights, nan=0.0)
    return torch.matmul(weights, v)
