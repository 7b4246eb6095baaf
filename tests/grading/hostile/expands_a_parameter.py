# attack: expands_a_parameter
# idea: a parameter of four bytes that is a gigabyte by stride 0, for the suite to make double
# must: not-pass; what the judge unpacks is bounded, not only what it receives
import torch
from kit import Right
from torch import nn


class LayerNorm(Right):
    def __init__(self, num_features, eps=1e-5, affine=True):
        super().__init__(num_features, eps, affine)
        self.large = nn.Parameter(torch.ones(1).expand(1 << 27))
