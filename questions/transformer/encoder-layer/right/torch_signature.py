# The signature of nn.TransformerEncoderLayer.forward with src_mask and is_causal, one Dropout for
# each place, and the two orders in one loop over (norm, sublayer) pairs.
import torch
from torch import nn


class EncoderLayer(nn.Module):
    def __init__(self, d_model, nhead, dim_feedforward, norm_first=False, dropout=0.0):
        super().__init__()
        self.norm1 = nn.LayerNorm(d_model, eps=1e-5)
        self.norm2 = nn.LayerNorm(d_model, eps=1e-5)
        self.linear2 = nn.Linear(dim_feedforward, d_model)
        self.linear1 = nn.Linear(d_model, dim_feedforward)
        self.self_attn = nn.MultiheadAttention(d_model, nhead, dropout, batch_first=True)
        self.activation = nn.ReLU()
        self.dropout = nn.Dropout(dropout)
        self.dropout1 = nn.Dropout(dropout)
        self.dropout2 = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, src, src_mask=None, src_key_padding_mask=None, is_causal=False):
        def attention(x):
            return self.dropout1(
                self.self_attn(
                    x,
                    x,
                    x,
                    attn_mask=src_mask,
                    key_padding_mask=src_key_padding_mask,
                    is_causal=is_causal,
                )[0]
            )

        def feed_forward(x):
            x = self.dropout(self.activation(self.linear1(x)))
            return self.dropout2(self.linear2(x))

        for norm, sublayer in ((self.norm1, attention), (self.norm2, feed_forward)):
            if self.norm_first:
                src = torch.add(src, sublayer(norm(src)))
            else:
                src = norm(torch.add(src, sublayer(src)))
        return src
