# check: stream-dtype
# The skip is added into the branch, whose dtype the sum then keeps.
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, sublayer, dropout=0.1, norm_first=True):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.sublayer = sublayer
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, *args, **kwargs):
        branch = self.dropout(self.sublayer(self.norm(x) if self.norm_first else x, *args, **kwargs))
        branch += x
        return branch if self.norm_first else self.norm(branch.to(x.dtype))
