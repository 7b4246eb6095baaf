# All leading dimensions folded into rows by reshape, and unfolded again.
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, num_features, eps=1e-5, affine=True):
        super().__init__()
        self.num_features, self.eps = num_features, eps
        if affine:
            self.scale = nn.Parameter(torch.ones(num_features))
            self.shift = nn.Parameter(torch.zeros(num_features))
        else:
            self.scale = self.shift = None

    def forward(self, x):
        if x.shape[-1] != self.num_features:
            raise ValueError("last dimension")
        rows = x.reshape(x.numel() // self.num_features, self.num_features)
        rows = rows if rows.dtype == torch.float64 else rows.float()
        rows = rows - rows.mean(1)[:, None]
        rows = rows / (rows.var(1, correction=0) + self.eps).sqrt()[:, None]
        if self.scale is not None:
            rows = rows * self.scale[None, :] + self.shift[None, :]
        return rows.to(x.dtype).reshape(x.shape)
