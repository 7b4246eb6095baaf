# check: sublayer-reads-x
# The sublayer reads LN(x) in the post-LN layout too.
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, sublayer, dropout=0.1, norm_first=True):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.sublayer = sublayer
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, *args, **kwargs):
        branch = self.dropout(self.sublayer(self.norm(x), *args, **kwargs))
        return x + branch if self.norm_first else self.norm(x + branch)
