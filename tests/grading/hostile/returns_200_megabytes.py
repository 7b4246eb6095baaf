# attack: returns_200_megabytes
# idea: return as many bytes as a frame may have: of numbers, or of truth values to be looked at
# must: not-pass; what comes is read as fast as it is sent, and no faster is judged
# variants: 2
import sys

import torch
from kit import VARIANT, Wrong

sys.modules["interview.grading.wire"].MAX_PAYLOAD = 1 << 30


class LayerNorm(Wrong):
    def forward(self, x):
        return torch.ones(200 << 20, dtype=(torch.uint8, torch.bool)[VARIANT])
