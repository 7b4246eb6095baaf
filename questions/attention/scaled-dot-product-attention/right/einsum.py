# einsum with an ellipsis, in float32 at least; rows that see nothing are opened up, then cleared.
import torch


def scaled_dot_product_attention(q, k, v, attn_mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    scores = torch.einsum("...qd,...kd->...qk", q.to(wide), k.to(wide)) * q.shape[-1] ** -0.5
    if attn_mask is None:
        weights = scores.softmax(-1)
    else:
        sees = attn_mask.any(-1, keepdim=True)
        # A dead row looks at everything for a moment, so that its softmax has numbers to work on.
        scores = scores.masked_fill(~(attn_mask | ~sees), float("-inf"))
        weights = scores.softmax(-1) * sees
    return torch.einsum("...qk,...kd->...qd", weights, v.to(wide)).to(v.dtype)
