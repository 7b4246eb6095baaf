# nn.MultiheadAttention in its default layout, between two transpositions; the mask as an additive
# float; F.dropout with self.training.
import torch
import torch.nn.functional as F
from torch import nn


class EncoderLayer(nn.Module):
    def __init__(self, d_model, nhead, dim_feedforward, norm_first=False, dropout=0.0):
        super().__init__()
        self.self_attn = nn.MultiheadAttention(d_model, nhead, dropout=dropout)
        self.linear1 = nn.Linear(d_model, dim_feedforward)
        self.linear2 = nn.Linear(dim_feedforward, d_model)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.norm_first, self.p = norm_first, dropout

    def attention(self, x, padding):
        if padding is not None:
            padding = torch.zeros_like(padding, dtype=x.dtype).masked_fill(padding, float("-inf"))
        x = x.transpose(0, 1)  # (T, B, d)
        x = self.self_attn(x, x, x, key_padding_mask=padding, need_weights=False)[0]
        return F.dropout(x.transpose(0, 1), self.p, self.training)

    def forward(self, src, src_key_padding_mask=None):
        h = self.norm1(src) if self.norm_first else src
        x = src + self.attention(h, src_key_padding_mask)
        x = x if self.norm_first else self.norm1(x)
        h = self.norm2(x) if self.norm_first else x
        h = F.dropout(F.relu(self.linear1(h)), self.p, self.training)
        x = x + F.dropout(self.linear2(h), self.p, self.training)
        return x if self.norm_first else self.norm2(x)
