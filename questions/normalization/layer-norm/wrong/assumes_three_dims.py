# check: any-shape
# Unpacks (B, T, D): other numbers of dimensions raise.
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, num_features, eps=1e-5, affine=True):
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.affine = affine
        if affine:
            self.gamma = nn.Parameter(torch.ones(num_features))
            self.beta = nn.Parameter(torch.zeros(num_features))

    def forward(self, x):
        batch, tokens, width = x.shape
        if width != self.num_features:
            raise ValueError(f"expected (..., {self.num_features}), got {tuple(x.shape)}")
        h = x.to(torch.promote_types(x.dtype, torch.float32))
        mean = (h.sum(dim=-1) / width).view(batch, tokens, 1)
        var = ((h - mean).pow(2).sum(dim=-1) / width).view(batch, tokens, 1)
        h = (h - mean) / torch.sqrt(var + self.eps)
        if self.affine:
            h = self.gamma * h + self.beta
        return h.to(x.dtype)
