# check: constructs
# The branch as nn.Sequential, which takes modules only and passes one argument only.
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, sublayer, dropout=0.1, norm_first=True):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.norm_first = norm_first
        if norm_first:
            self.branch = nn.Sequential(self.norm, sublayer, nn.Dropout(dropout))
        else:
            self.branch = nn.Sequential(sublayer, nn.Dropout(dropout))

    def forward(self, x, *args, **kwargs):
        y = x + self.branch(x, *args, **kwargs)
        return y if self.norm_first else self.norm(y)
