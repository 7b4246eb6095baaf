# check: dropout-on-branch
# Dropout takes the sum, and with it the skip.
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, sublayer, dropout=0.1, norm_first=True):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.sublayer = sublayer
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, *args, **kwargs):
        if self.norm_first:
            return self.dropout(x + self.sublayer(self.norm(x), *args, **kwargs))
        return self.norm(self.dropout(x + self.sublayer(x, *args, **kwargs)))
