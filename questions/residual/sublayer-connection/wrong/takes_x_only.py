# check: arguments
# forward takes x alone.
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, sublayer, dropout=0.1, norm_first=True):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.sublayer = sublayer
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x):
        if self.norm_first:
            return x + self.dropout(self.sublayer(self.norm(x)))
        return self.norm(x + self.dropout(self.sublayer(x)))
