# F.multi_head_attention_forward on parameters held by an untouched nn.MultiheadAttention, and
# F.layer_norm; padded outputs are set to NaN, which nobody should read.
import torch.nn.functional as F
from torch import nn


class EncoderLayer(nn.Module):
    def __init__(self, d_model, nhead, dim_feedforward, norm_first=False, dropout=0.0):
        super().__init__()
        self.width, self.heads, self.p, self.norm_first = d_model, nhead, dropout, norm_first
        self.self_attn = nn.MultiheadAttention(d_model, nhead)
        self.linear1 = nn.Linear(d_model, dim_feedforward)
        self.linear2 = nn.Linear(dim_feedforward, d_model)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)

    def attention(self, x, padding):
        x = x.transpose(0, 1)
        a = self.self_attn
        y, _ = F.multi_head_attention_forward(
            x,
            x,
            x,
            self.width,
            self.heads,
            a.in_proj_weight,
            a.in_proj_bias,
            None,
            None,
            False,
            self.p,
            a.out_proj.weight,
            a.out_proj.bias,
            training=self.training,
            key_padding_mask=padding,
            need_weights=False,
        )
        return y.transpose(0, 1)

    def norm(self, which, x):
        return F.layer_norm(x, (self.width,), which.weight, which.bias, 1e-5)

    def drop(self, x):
        return F.dropout(x, p=self.p, training=self.training)

    def feed_forward(self, x):
        return self.linear2(self.drop(F.relu(self.linear1(x))))

    def forward(self, src, src_key_padding_mask=None):
        mask = src_key_padding_mask
        if self.norm_first:
            x = src + self.drop(self.attention(self.norm(self.norm1, src), mask))
            x = x + self.drop(self.feed_forward(self.norm(self.norm2, x)))
        else:
            x = self.norm(self.norm1, src + self.drop(self.attention(src, mask)))
            x = self.norm(self.norm2, x + self.drop(self.feed_forward(x)))
        return x if mask is None else x.masked_fill(mask[..., None], float("nan"))
