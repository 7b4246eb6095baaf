# Adds in place, but into a copy of x; the mask is drawn as uniform numbers and multiplied in.
import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, sublayer, dropout=0.1, norm_first=True):
        super().__init__()
        self.norm = nn.LayerNorm(d_model, eps=1e-5)
        self.sublayer = sublayer
        self.register_buffer("keep", torch.tensor(1.0 - dropout), persistent=False)
        self.norm_first = norm_first

    def forward(self, x, *args, **kwargs):
        total = x.clone()
        branch = self.sublayer(self.norm(x) if self.norm_first else x, *args, **kwargs)
        if self.training:
            mask = (torch.rand_like(branch) < self.keep).to(branch.dtype)
            branch = branch * (mask / self.keep.to(branch.dtype).clamp_min(1e-6))
        total += branch
        return total if self.norm_first else self.norm(total)
