# The masks of nn.TransformerDecoderLayer.forward as further arguments, one Dropout for each place,
# and the three sublayers in one loop.
import torch
from torch import nn


class DecoderLayer(nn.Module):
    def __init__(self, d_model, nhead, dim_feedforward, norm_first=False, dropout=0.0):
        super().__init__()
        self.norm_first = norm_first
        self.linear1 = nn.Linear(d_model, dim_feedforward)
        self.dropout = nn.Dropout(dropout)
        self.linear2 = nn.Linear(dim_feedforward, d_model)
        self.multihead_attn = nn.MultiheadAttention(
            d_model, nhead, dropout=dropout, batch_first=True
        )
        self.self_attn = nn.MultiheadAttention(d_model, nhead, dropout=dropout, batch_first=True)
        for i in (3, 2, 1):
            self.add_module(f"norm{i}", nn.LayerNorm(d_model))
            self.add_module(f"dropout{i}", nn.Dropout(dropout))

    def forward(
        self,
        tgt,
        memory,
        tgt_mask=None,
        memory_mask=None,
        tgt_key_padding_mask=None,
        memory_key_padding_mask=None,
    ):
        if tgt_mask is None:
            position = torch.arange(tgt.shape[1], device=tgt.device)
            tgt_mask = position[None, :] > position[:, None]

        def look_back(x):
            y = self.self_attn(
                x, x, x, attn_mask=tgt_mask, key_padding_mask=tgt_key_padding_mask, is_causal=True
            )
            return self.dropout1(y[0])

        def look_across(x):
            y = self.multihead_attn(
                x, memory, memory, attn_mask=memory_mask, key_padding_mask=memory_key_padding_mask
            )
            return self.dropout2(y[0])

        def think(x):
            return self.dropout3(self.linear2(self.dropout(torch.relu(self.linear1(x)))))

        x = tgt
        sublayers = ((look_back, self.norm1), (look_across, self.norm2), (think, self.norm3))
        for sublayer, norm in sublayers:
            x = x + sublayer(norm(x)) if self.norm_first else norm(x + sublayer(x))
        return x
