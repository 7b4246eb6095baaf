# check: sublayer-reads-normalized
# With norm_first=True there is no norm at all.
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, sublayer, dropout=0.1, norm_first=True):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.sublayer = sublayer
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, *args, **kwargs):
        x = x + self.dropout(self.sublayer(x, *args, **kwargs))
        return x if self.norm_first else self.norm(x)
