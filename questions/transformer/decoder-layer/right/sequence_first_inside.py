# nn.MultiheadAttention in its default layout, between transpositions; both masks as additive
# floats in the dtype of tgt; F.dropout with self.training.
import torch
import torch.nn.functional as F
from torch import nn


class DecoderLayer(nn.Module):
    def __init__(self, d_model, nhead, dim_feedforward, norm_first=False, dropout=0.0):
        super().__init__()
        self.self_attn = nn.MultiheadAttention(d_model, nhead, dropout=dropout)
        self.multihead_attn = nn.MultiheadAttention(d_model, nhead, dropout=dropout)
        self.linear1 = nn.Linear(d_model, dim_feedforward)
        self.linear2 = nn.Linear(dim_feedforward, d_model)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.norm3 = nn.LayerNorm(d_model)
        self.norm_first, self.p = norm_first, dropout

    def drop(self, x):
        return F.dropout(x, self.p, self.training)

    def forward(self, tgt, memory, memory_key_padding_mask=None):
        x, memory = tgt.transpose(0, 1), memory.transpose(0, 1)  # (T, B, d), (S, B, d)
        T = x.shape[0]
        future = torch.full((T, T), float("-inf"), dtype=x.dtype, device=x.device).triu(1)
        padding = memory_key_padding_mask
        if padding is not None:
            padding = torch.zeros_like(padding, dtype=x.dtype).masked_fill(padding, float("-inf"))

        h = self.norm1(x) if self.norm_first else x
        x = x + self.drop(self.self_attn(h, h, h, attn_mask=future)[0])
        x = x if self.norm_first else self.norm1(x)

        h = self.norm2(x) if self.norm_first else x
        h = self.multihead_attn(h, memory, memory, key_padding_mask=padding, need_weights=False)[0]
        x = x + self.drop(h)
        x = x if self.norm_first else self.norm2(x)

        h = self.norm3(x) if self.norm_first else x
        x = x + self.drop(self.linear2(self.drop(F.relu(self.linear1(h)))))
        x = x if self.norm_first else self.norm3(x)
        return x.transpose(0, 1)
