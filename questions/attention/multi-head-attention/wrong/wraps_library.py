# check: allowed-calls
# Wraps nn.MultiheadAttention and turns the mask round for it.
import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.attention = nn.MultiheadAttention(d_model, num_heads, batch_first=True)

    def forward(self, q, k=None, v=None, mask=None):
        k = q if k is None else k
        v = k if v is None else v
        if mask is not None:
            mask = ~mask.expand(q.shape[0], q.shape[1], k.shape[1])
            mask = torch.repeat_interleave(mask, self.num_heads, dim=0)
        return self.attention(q, k, v, attn_mask=mask, need_weights=False)[0]
