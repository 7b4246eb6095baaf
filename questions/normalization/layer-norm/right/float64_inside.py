# Everything in float64, whatever comes in; cast back at the end.
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, num_features, eps=1e-5, affine=True):
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.gamma = nn.Parameter(torch.ones(num_features)) if affine else None
        self.beta = nn.Parameter(torch.zeros(num_features)) if affine else None

    def forward(self, x):
        if x.ndim == 0 or x.shape[-1] != self.num_features:
            raise ValueError(tuple(x.shape))
        y = x.to(torch.float64)
        y = y - y.mean(dim=-1, keepdim=True)
        y = y / torch.sqrt((y**2).mean(dim=-1, keepdim=True) + self.eps)
        if self.gamma is not None:
            y = y * self.gamma.double() + self.beta.double()
        return y.to(x.dtype)
