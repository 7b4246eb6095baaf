# check: gradients
# The skip carries the value and no gradient.
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, sublayer, dropout=0.1, norm_first=True):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.sublayer = sublayer
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, *args, **kwargs):
        skip = x.detach()
        if self.norm_first:
            return skip + self.dropout(self.sublayer(self.norm(x), *args, **kwargs))
        return self.norm(skip + self.dropout(self.sublayer(x, *args, **kwargs)))
