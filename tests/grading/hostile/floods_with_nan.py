# attack: floods_with_nan
# idea: return NaN wherever values are compared
# must: not-pass; NaN equals only NaN
import torch
from kit import Right


class LayerNorm(Right):
    def normalized(self, x):
        return torch.full_like(x, torch.nan, requires_grad=x.requires_grad)
