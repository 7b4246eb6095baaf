# a_2 and b_2 as in The Annotated Transformer, b_2 registered first; var_mean and rsqrt.
import torch
import torch.nn as nn


class LayerNorm(nn.Module):
    def __init__(self, num_features, eps=1e-5, affine=True):
        super(LayerNorm, self).__init__()
        self.b_2 = nn.Parameter(torch.zeros(num_features)) if affine else None
        self.a_2 = nn.Parameter(torch.ones(num_features)) if affine else None
        self.size, self.eps = num_features, eps

    def forward(self, x):
        if x.size(-1) != self.size:
            raise RuntimeError("wrong size")
        wide = x if x.dtype == torch.float64 else x.float()
        var, mean = torch.var_mean(wide, dim=-1, correction=0, keepdim=True)
        normal = (wide - mean) * torch.rsqrt(var + self.eps)
        if self.a_2 is not None:
            normal = torch.addcmul(self.b_2, self.a_2, normal)
        return normal.type_as(x)
