# Residual, norm and dropout in one plain helper class, which registers nothing and so leaves the
# names alone; the feed-forward network is two 1×1 convolutions over linear1 and linear2.
import torch.nn.functional as F
from torch import nn


class Residual:
    def __init__(self, norm, dropout, norm_first):
        self.norm, self.dropout, self.norm_first = norm, dropout, norm_first

    def __call__(self, x, sublayer):
        if self.norm_first:
            return x + self.dropout(sublayer(self.norm(x)))
        return self.norm(x + self.dropout(sublayer(x)))


class EncoderLayer(nn.Module):
    def __init__(self, d_model, nhead, dim_feedforward, norm_first=False, dropout=0.0):
        super().__init__()
        self.self_attn = nn.MultiheadAttention(d_model, nhead, dropout=dropout, batch_first=True)
        self.linear1 = nn.Linear(d_model, dim_feedforward)
        self.linear2 = nn.Linear(dim_feedforward, d_model)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.residuals = [
            Residual(self.norm1, self.dropout, norm_first),
            Residual(self.norm2, self.dropout, norm_first),
        ]

    def forward(self, src, src_key_padding_mask=None):
        def attention(x):
            return self.self_attn(x, x, x, key_padding_mask=src_key_padding_mask)[0]

        def feed_forward(x):
            x = x.transpose(1, 2)  # (B, d, T)
            x = F.conv1d(x, self.linear1.weight.unsqueeze(-1), self.linear1.bias)
            x = self.dropout(F.relu(x))
            x = F.conv1d(x, self.linear2.weight.unsqueeze(-1), self.linear2.bias)
            return x.transpose(1, 2)

        first, second = self.residuals
        return second(first(src, attention), feed_forward)
