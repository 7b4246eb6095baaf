# A loop over samples: padding is cut out before attention and comes back as zeros.
import torch
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

    def one(self, x):
        """(T, d) -> (T, d), all of them real tokens."""
        h = self.norm1(x) if self.norm_first else x
        x = x + self.dropout(self.self_attn(h, h, h)[0])
        x = x if self.norm_first else self.norm1(x)
        h = self.norm2(x) if self.norm_first else x
        x = x + self.dropout(self.linear2(self.dropout(torch.relu(self.linear1(h)))))
        return x if self.norm_first else self.norm2(x)

    def forward(self, src, src_key_padding_mask=None):
        if src.shape[0] == 0:
            return src.clone()
        if src_key_padding_mask is None:
            return torch.stack([self.one(sample) for sample in src])
        out = torch.zeros_like(src)
        for i, (sample, hidden) in enumerate(zip(src, src_key_padding_mask)):
            out[i, ~hidden] = self.one(sample[~hidden])
        return out
