# check: allowed-calls
# A new layer in every forward: its parameters are never trained.
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, num_features, eps=1e-5, affine=True):
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.affine = affine

    def forward(self, x):
        norm = nn.LayerNorm(self.num_features, eps=self.eps, elementwise_affine=self.affine)
        return norm.to(x)(x)
