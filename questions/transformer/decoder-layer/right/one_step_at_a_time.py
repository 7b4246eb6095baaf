# No causal mask at all: position t is computed from a slice that ends with t, as in decoding;
# source padding is cut out sample by sample.
import torch
from torch import nn


class DecoderLayer(nn.Module):
    def __init__(self, d_model, nhead, dim_feedforward, norm_first=False, dropout=0.0):
        super().__init__()
        self.self_attn = nn.MultiheadAttention(d_model, nhead, dropout, batch_first=True)
        self.multihead_attn = nn.MultiheadAttention(d_model, nhead, dropout, batch_first=True)
        self.linear1 = nn.Linear(d_model, dim_feedforward)
        self.linear2 = nn.Linear(dim_feedforward, d_model)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.norm3 = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def before(self, norm, x):
        return norm(x) if self.norm_first else x

    def after(self, norm, x):
        return x if self.norm_first else norm(x)

    def cross(self, h, memory, padding):
        if padding is None:
            return self.multihead_attn(h, memory, memory)[0]
        rows = []
        for i, kept in enumerate(~padding):
            source = memory[i, kept].unsqueeze(0)
            rows.append(self.multihead_attn(h[i : i + 1], source, source)[0])
        return torch.cat(rows)

    def forward(self, tgt, memory, memory_key_padding_mask=None):
        h = self.before(self.norm1, tgt)
        steps = []
        for t in range(tgt.shape[1]):
            past = h[:, : t + 1]
            steps.append(self.self_attn(past[:, -1:], past, past)[0])
        x = self.after(self.norm1, tgt + self.dropout(torch.cat(steps, dim=1)))
        h = self.before(self.norm2, x)
        y = self.cross(h, memory, memory_key_padding_mask)
        x = self.after(self.norm2, x + self.dropout(y))
        h = self.before(self.norm3, x)
        y = self.linear2(self.dropout(self.linear1(h).relu()))
        return self.after(self.norm3, x + self.dropout(y))
