# check: any-shape
# Unpacks (batch, tokens, features).
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, sublayer, dropout=0.1, norm_first=True):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.sublayer = sublayer
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, *args, **kwargs):
        batch, tokens, features = x.shape
        y = x.reshape(batch, tokens, features)
        if self.norm_first:
            return y + self.dropout(self.sublayer(self.norm(y), *args, **kwargs))
        return self.norm(y + self.dropout(self.sublayer(y, *args, **kwargs)))
