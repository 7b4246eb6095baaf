# check: keeps-dtype
# The norm runs in float32 and its result is not cast back.
import torch
import torch.nn.functional as F
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, sublayer, dropout=0.1, norm_first=True):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.sublayer = sublayer
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, *args, **kwargs):
        if self.norm_first:
            return x + self.dropout(self.sublayer(self.normalize(x), *args, **kwargs))
        return self.normalize(x + self.dropout(self.sublayer(x, *args, **kwargs)))

    def normalize(self, x):
        wide = torch.promote_types(x.dtype, torch.float32)
        weight, bias = self.norm.weight.to(wide), self.norm.bias.to(wide)
        return F.layer_norm(x.to(wide), x.shape[-1:], weight, bias, self.norm.eps)
