# The causal mask is made once, in the constructor, as a buffer that state_dict leaves out.
import torch
import torch.nn.functional as F
from torch import nn


class DecoderLayer(nn.Module):
    def __init__(self, d_model, nhead, dim_feedforward, norm_first=False, dropout=0.0):
        super().__init__()
        self.pre_norm = norm_first
        self.self_attn = nn.MultiheadAttention(d_model, nhead, dropout, batch_first=True)
        self.multihead_attn = nn.MultiheadAttention(d_model, nhead, dropout, batch_first=True)
        self.linear1 = nn.Linear(d_model, dim_feedforward)
        self.linear2 = nn.Linear(dim_feedforward, d_model)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.norm3 = nn.LayerNorm(d_model)
        self.drop = nn.Dropout(dropout)
        future = ~torch.tril(torch.ones(512, 512, dtype=torch.bool))
        self.register_buffer("future", future, persistent=False)

    def wrap(self, x, norm, sublayer):
        if self.pre_norm:
            return x + self.drop(sublayer(norm(x)))
        return norm(x + self.drop(sublayer(x)))

    def forward(self, tgt, memory, *, memory_key_padding_mask=None):
        T = tgt.shape[1]
        x = self.wrap(
            tgt,
            self.norm1,
            lambda h: self.self_attn(h, h, h, attn_mask=self.future[:T, :T], need_weights=False)[0],
        )
        x = self.wrap(
            x,
            self.norm2,
            lambda h: self.multihead_attn(
                h, memory, memory, key_padding_mask=memory_key_padding_mask
            )[0],
        )
        return self.wrap(
            x, self.norm3, lambda h: self.linear2(self.drop(F.relu(self.linear1(h))))
        )
