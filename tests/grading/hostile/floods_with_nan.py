# attack: floods_with_nan
# idea: return NaN, infinity, or the largest numbers wherever values are compared
# must: not-pass; NaN equals only NaN
# variants: 2
import torch
from kit import VARIANT, Right


class LayerNorm(Right):
    def normalized(self, x):
        value = (torch.nan, torch.finfo(x.dtype).max)[VARIANT]
        return torch.full_like(x, value, requires_grad=x.requires_grad)
