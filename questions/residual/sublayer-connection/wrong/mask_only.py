# check: arguments
# Only a mask is foreseen, and it is passed even where none is given.
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, sublayer, dropout=0.1, norm_first=True):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.sublayer = sublayer
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, mask=None):
        if self.norm_first:
            return x + self.dropout(self.sublayer(self.norm(x), mask))
        return self.norm(x + self.dropout(self.sublayer(x, mask)))
