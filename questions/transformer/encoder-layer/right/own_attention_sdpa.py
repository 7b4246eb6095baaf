# An attention module of its own under the same names, on F.scaled_dot_product_attention, whose
# boolean mask has the opposite polarity.
import torch
import torch.nn.functional as F
from torch import nn


class SelfAttention(nn.Module):
    def __init__(self, width, heads, p):
        super().__init__()
        self.heads, self.p = heads, p
        self.in_proj_weight = nn.Parameter(torch.empty(3 * width, width))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * width))
        self.out_proj = nn.Linear(width, width)
        nn.init.xavier_uniform_(self.in_proj_weight)

    def forward(self, x, hidden):
        B, T, width = x.shape
        qkv = F.linear(x, self.in_proj_weight, self.in_proj_bias)
        qkv = qkv.view(B, T, 3, self.heads, width // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)  # (B, heads, T, width / heads) each
        visible = None if hidden is None else ~hidden[:, None, None, :]
        y = F.scaled_dot_product_attention(
            q, k, v, attn_mask=visible, dropout_p=self.p if self.training else 0.0
        )
        return self.out_proj(y.transpose(1, 2).reshape(B, T, width))


class EncoderLayer(nn.Module):
    def __init__(self, d_model, nhead, dim_feedforward, norm_first=False, dropout=0.0):
        super().__init__()
        self.self_attn = SelfAttention(d_model, nhead, dropout)
        self.linear1 = nn.Linear(d_model, dim_feedforward)
        self.linear2 = nn.Linear(dim_feedforward, d_model)
        self.norm1, self.norm2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.drop = nn.Dropout(dropout)
        self.pre = norm_first

    def mlp(self, x):
        return self.linear2(self.drop(self.linear1(x).relu()))

    def forward(self, src, src_key_padding_mask=None):
        if self.pre:
            h = src + self.drop(self.self_attn(self.norm1(src), src_key_padding_mask))
            return h + self.drop(self.mlp(self.norm2(h)))
        h = self.norm1(src + self.drop(self.self_attn(src, src_key_padding_mask)))
        return self.norm2(h + self.drop(self.mlp(h)))
