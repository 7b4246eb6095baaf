# The biased std, squared again under the root; its backward is finite on a constant row.
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, num_features, eps=1e-5, affine=True):
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        weights = [torch.ones(num_features), torch.zeros(num_features)] if affine else []
        self.affine = nn.ParameterList([nn.Parameter(one) for one in weights])

    def forward(self, x):
        if x.shape[-1] != self.num_features:
            raise ValueError("last dimension")
        h = x.to(torch.promote_types(x.dtype, torch.float32))
        std, mean = torch.std_mean(h, dim=-1, correction=0, keepdim=True)
        h = (h - mean) / torch.sqrt(std.square() + self.eps)
        for number, one in enumerate(self.affine):
            h = h * one if number == 0 else h + one
        return h.to(x.dtype)
