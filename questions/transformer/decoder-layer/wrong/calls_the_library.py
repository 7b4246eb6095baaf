# check: allowed-calls
# Inherits the layer that was to be written.
import torch
from torch import nn


class DecoderLayer(nn.TransformerDecoderLayer):
    def __init__(self, d_model, nhead, dim_feedforward, norm_first=False, dropout=0.0):
        super().__init__(
            d_model, nhead, dim_feedforward, dropout, batch_first=True, norm_first=norm_first
        )

    def forward(self, tgt, memory, memory_key_padding_mask=None):
        T = tgt.size(1)
        return super().forward(
            tgt,
            memory,
            tgt_mask=torch.ones(T, T, dtype=torch.bool, device=tgt.device).triu(1),
            memory_key_padding_mask=memory_key_padding_mask,
        )
