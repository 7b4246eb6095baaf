# check: padding
# Sets padded tokens to zero instead of hiding them: a zero key still gets a weight.
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

    def attend(self, x):
        out, _ = self.self_attn(x, x, x, need_weights=False)
        return self.dropout(out)

    def feed_forward(self, x):
        hidden = self.dropout(F.relu(self.linear1(x)))
        return self.dropout(self.linear2(hidden))

    def forward(self, src, src_key_padding_mask=None):
        x = src
        if src_key_padding_mask is not None:
            x = x.masked_fill(src_key_padding_mask.unsqueeze(-1), 0.0)
        if self.norm_first:
            x = x + self.attend(self.norm1(x))
            x = x + self.feed_forward(self.norm2(x))
        else:
            x = self.norm1(x + self.attend(x))
            x = self.norm2(x + self.feed_forward(x))
        return x
