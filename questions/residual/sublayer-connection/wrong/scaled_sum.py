# check: raw-skip
# The sum is divided by the root of 2 to keep the variance.
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
            return (x + self.dropout(self.sublayer(self.norm(x), *args, **kwargs))) * 0.5**0.5
        return self.norm((x + self.dropout(self.sublayer(x, *args, **kwargs))) * 0.5**0.5)
