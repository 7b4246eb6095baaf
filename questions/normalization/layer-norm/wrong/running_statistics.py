# check: own-statistics
# BatchNorm's running statistics, used in eval.
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
        self.momentum = 0.1
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x):
        if x.shape[-1] != self.num_features:
            raise ValueError(f"expected (..., {self.num_features}), got {tuple(x.shape)}")
        h = x.to(torch.promote_types(x.dtype, torch.float32))
        if self.training:
            mean = h.mean(dim=-1, keepdim=True)
            var = h.var(dim=-1, keepdim=True, unbiased=False)
            with torch.no_grad():
                flat = h.reshape(-1, self.num_features)
                batch_mean = flat.mean(dim=0).to(self.running_mean)
                batch_var = flat.var(dim=0, unbiased=False).to(self.running_var)
                self.running_mean.lerp_(batch_mean, self.momentum)
                self.running_var.lerp_(batch_var, self.momentum)
        else:
            mean, var = self.running_mean, self.running_var
        h = (h - mean) / torch.sqrt(var + self.eps)
        if self.affine:
            h = self.gamma * h + self.beta
        return h.to(x.dtype)
