# An attention module of its own under the same names, on F.scaled_dot_product_attention with
# is_causal=True; the padding mask inverted for it.
import torch
import torch.nn.functional as F
from torch import nn


class Attention(nn.Module):
    def __init__(self, width, heads, p):
        super().__init__()
        self.heads, self.p = heads, p
        self.in_proj_weight = nn.Parameter(torch.empty(3 * width, width))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * width))
        self.out_proj = nn.Linear(width, width)
        nn.init.xavier_uniform_(self.in_proj_weight)

    def split(self, x, part):
        d = self.out_proj.in_features
        rows = slice(part * d, (part + 1) * d)
        y = F.linear(x, self.in_proj_weight[rows], self.in_proj_bias[rows])
        return y.view(*x.shape[:2], self.heads, d // self.heads).transpose(1, 2)

    def forward(self, x, source, hidden=None, causal=False):
        y = F.scaled_dot_product_attention(
            self.split(x, 0),
            self.split(source, 1),
            self.split(source, 2),
            attn_mask=None if hidden is None else ~hidden[:, None, None, :],
            dropout_p=self.p if self.training else 0.0,
            is_causal=causal,
        )
        return self.out_proj(y.transpose(1, 2).flatten(2))


class DecoderLayer(nn.Module):
    def __init__(self, d_model, nhead, dim_feedforward, norm_first=False, dropout=0.0):
        super().__init__()
        self.self_attn = Attention(d_model, nhead, dropout)
        self.multihead_attn = Attention(d_model, nhead, dropout)
        self.linear1 = nn.Linear(d_model, dim_feedforward)
        self.linear2 = nn.Linear(dim_feedforward, d_model)
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(d_model) for _ in range(3))
        self.drop = nn.Dropout(dropout)
        self.pre = norm_first

    def mlp(self, x):
        return self.linear2(self.drop(self.linear1(x).relu()))

    def forward(self, tgt, memory, memory_key_padding_mask=None):
        hidden = memory_key_padding_mask
        if self.pre:
            h = self.norm1(tgt)
            x = tgt + self.drop(self.self_attn(h, h, causal=True))
            x = x + self.drop(self.multihead_attn(self.norm2(x), memory, hidden))
            return x + self.drop(self.mlp(self.norm3(x)))
        x = self.norm1(tgt + self.drop(self.self_attn(tgt, tgt, causal=True)))
        x = self.norm2(x + self.drop(self.multihead_attn(x, memory, hidden)))
        return self.norm3(x + self.drop(self.mlp(x)))
