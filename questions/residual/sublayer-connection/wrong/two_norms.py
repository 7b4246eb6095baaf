# check: parameters
# One norm for each layout, both registered, one of them never used.
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, sublayer, dropout=0.1, norm_first=True):
        super().__init__()
        self.pre_norm = nn.LayerNorm(d_model)
        self.post_norm = nn.LayerNorm(d_model)
        self.sublayer = sublayer
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, *args, **kwargs):
        if self.norm_first:
            return x + self.dropout(self.sublayer(self.pre_norm(x), *args, **kwargs))
        return self.post_norm(x + self.dropout(self.sublayer(x, *args, **kwargs)))
