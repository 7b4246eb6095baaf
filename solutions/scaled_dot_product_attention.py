"""Scaled dot-product attention with a boolean mask (Vaswani et al., 2017, §3.2.1)."""

import math

import torch
from torch import Tensor


def scaled_dot_product_attention(
    q: Tensor, k: Tensor, v: Tensor, attn_mask: Tensor | None = None
) -> Tensor:
    """softmax(q kᵀ / √d_k) v over the last two dimensions; True in `attn_mask` = may attend."""
    # The variance of q · k grows with d_k; √d_k brings it back to that of one product. Dividing
    # q instead of the product keeps float16 in range: 65504 is soon reached by a sum of d_k terms.
    scores = (q / math.sqrt(q.shape[-1])) @ k.mT  # (…, L_q, d_k) @ (…, d_k, L_k) → (…, L_q, L_k)
    if attn_mask is None:
        return scores.softmax(-1) @ v
    hidden = ~attn_mask  # broadcasts to (…, L_q, L_k)
    # A row of nothing but −∞ is NaN, forward or backward: fill with the dtype's lowest number.
    # That leaves such a row uniform, so hidden weights are set to 0 once more, after the softmax.
    scores = scores.masked_fill(hidden, torch.finfo(scores.dtype).min)
    weights = scores.softmax(-1).masked_fill(hidden, 0.0)
    return weights @ v  # (…, L_q, L_k) @ (…, L_k, d_v) → (…, L_q, d_v)
