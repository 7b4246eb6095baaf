# attack: a_million_parameters
# idea: register as many parameters as a reply can name, or more
# must: not-pass; a reply has a size, and so has what it names
# variants: 2
# limit: 0.5
import sys

import torch
from kit import VARIANT, Wrong
from torch import nn

sys.modules["interview.grading.wire"].MAX_HEADER = 1 << 30


class LayerNorm(Wrong):
    def __init__(self, num_features, eps=1e-5, affine=True):
        super().__init__(num_features, eps, affine)
        one = nn.Parameter(torch.ones(1))
        for number in range((3_000, 1_000_000)[VARIANT]):
            self._parameters[f"p{number}"] = nn.Parameter(one.data) if VARIANT == 0 else one
