# The softmax written out: the maximum over visible keys, exp, and a sum kept away from 0.
import torch


def scaled_dot_product_attention(q, k, v, attn_mask=None):
    if k.shape[-2] == 0:
        return q.new_zeros(*q.shape[:-1], v.shape[-1])
    dtype = q.dtype
    if dtype in (torch.float16, torch.bfloat16):
        q, k, v = q.float(), k.float(), v.float()
    scores = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5
    if attn_mask is None:
        attn_mask = torch.ones((), dtype=torch.bool, device=q.device)
    lowest = torch.finfo(scores.dtype).min
    visible = torch.where(attn_mask, scores, lowest)
    top = visible.amax(-1, keepdim=True).detach()
    weights = torch.where(attn_mask, (visible - top).exp(), 0.0)
    total = weights.sum(-1, keepdim=True)
    weights = weights / torch.where(total == 0, 1.0, total)
    return (weights @ v).to(dtype)
