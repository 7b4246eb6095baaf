# check: dropout-in-eval
# F.dropout drops in eval as well unless it is told not to.
import torch.nn.functional as F
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, sublayer, dropout=0.1, norm_first=True):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.sublayer = sublayer
        self.p = dropout
        self.norm_first = norm_first

    def forward(self, x, *args, **kwargs):
        if self.norm_first:
            return x + F.dropout(self.sublayer(self.norm(x), *args, **kwargs), self.p)
        return self.norm(x + F.dropout(self.sublayer(x, *args, **kwargs), self.p))
