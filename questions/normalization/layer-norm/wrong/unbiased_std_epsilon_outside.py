# check: biased-variance
# torch.std divides by D - 1, and eps is added outside the root (the seed's formula).
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, num_features, eps=1e-5, affine=True):
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.affine = affine
        if self.affine:
            self.gamma = nn.Parameter(torch.ones(num_features))
            self.beta = nn.Parameter(torch.zeros(num_features))
        else:
            self.gamma = None
            self.beta = None

    def forward(self, x):
        x = x - x.mean(-1, keepdim=True)
        x = x / (x.std(-1, keepdim=True) + self.eps)
        if self.affine:
            x = self.gamma * x + self.beta
        return x
