# Key by key with a running maximum and a running sum, as a fused kernel does it.
import torch


def scaled_dot_product_attention(q, k, v, attn_mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    queries = q.to(wide) / q.shape[-1] ** 0.5
    lead, L_k = q.shape[:-1], k.shape[-2]
    if attn_mask is None:
        attn_mask = torch.ones(1, 1, dtype=torch.bool, device=q.device)
    mask = attn_mask.expand(*lead, L_k)
    lowest = torch.finfo(wide).min
    top = torch.full((*lead, 1), lowest, dtype=wide, device=q.device)
    total = torch.zeros_like(top)
    mixed = torch.zeros(*lead, v.shape[-1], dtype=wide, device=q.device)
    for j in range(L_k):
        visible = mask[..., j : j + 1]
        score = (queries * k[..., j, None, :].to(wide)).sum(-1, keepdim=True)
        score = torch.where(visible, score, lowest)
        new_top = torch.maximum(top, score).detach()
        shrink = (top - new_top).exp()
        weight = torch.where(visible, (score - new_top).exp(), 0.0)
        total = total * shrink + weight
        mixed = mixed * shrink + weight * v[..., j, None, :].to(wide)
        top = new_top
    return (mixed / total.where(total > 0, 1.0)).to(q.dtype)
