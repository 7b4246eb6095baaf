# check: padding
# The mask is accepted and never reaches the attention.
import torch.nn.functional as F
from torch import nn


class EncoderLayer(nn.Module):
    def __init__(self, d_model, nhead, dim_feedforward, norm_first=False, dropout=0.0):
        super().__init__()
        self.norm_first = norm_first
        self.self_attn = nn.MultiheadAttention(d_model, nhead, dropout=dropout, batch_first=True)
        self.linear1 = nn.Linear(d_model, dim_feedforward)
        self.linear2 = nn.Linear(dim_feedforward, d_model)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)

    def attend(self, x, padding):
        out, _ = self.self_attn(x, x, x)
        return self.dropout(out)

    def feed_forward(self, x):
        hidden = self.dropout(F.relu(self.linear1(x)))
        return self.dropout(self.linear2(hidden))

    def forward(self, src, src_key_padding_mask=None):
        x = src
        if self.norm_first:
            x = x + self.attend(self.norm1(x), src_key_padding_mask)
            x = x + self.feed_forward(self.norm2(x))
        else:
            x = self.norm1(x + self.attend(x, src_key_padding_mask))
            x = self.norm2(x + self.feed_forward(x))
        return x
