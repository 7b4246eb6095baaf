# check: allowed-calls
# Hands the work to the fused operator.
import torch
import torch.nn.functional as F
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
        else:
            self.gamma = self.beta = None

    def forward(self, x):
        h = x.to(torch.promote_types(x.dtype, torch.float32))
        h = F.layer_norm(h, (self.num_features,), self.gamma, self.beta, self.eps)
        return h.to(x.dtype)
