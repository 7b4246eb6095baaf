# One formula for both layouts: the norm stands at one end and nn.Identity at the other.
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, sublayer, dropout=0.1, norm_first=True):
        super().__init__()
        ends = [nn.LayerNorm((d_model,)), nn.Identity()]
        self.before, self.after = ends if norm_first else reversed(ends)
        self.sublayer = sublayer
        self.drop = nn.Dropout(dropout) if dropout > 0 else nn.Identity()

    def forward(self, x, *args, **kwargs):
        return self.after(x + self.drop(self.sublayer(self.before(x), *args, **kwargs)))
