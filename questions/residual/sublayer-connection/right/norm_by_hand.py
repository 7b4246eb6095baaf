# LN written out with beta registered first; dropout from a Bernoulli mask, chosen with torch.where.
import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, sublayer, dropout=0.1, norm_first=True):
        super().__init__()
        self.beta = nn.Parameter(torch.zeros(d_model))
        self.gamma = nn.Parameter(torch.ones(d_model))
        self.sublayer = sublayer
        self.rate = dropout
        self.norm_first = norm_first

    def normalize(self, x):
        wide = x.to(torch.promote_types(x.dtype, torch.float32))
        centred = wide - wide.mean(dim=-1, keepdim=True)
        variance = (centred * centred).mean(dim=-1, keepdim=True)
        return (centred / torch.sqrt(variance + 1e-5) * self.gamma + self.beta).to(x.dtype)

    def drop(self, h):
        if not self.training or self.rate == 0:
            return h
        if self.rate == 1:
            return h * 0
        kept = torch.full_like(h, 1 - self.rate).bernoulli().bool()
        return torch.where(kept, h / (1 - self.rate), torch.zeros_like(h))

    def forward(self, x, *args, **kwargs):
        if not self.norm_first:
            return self.normalize(torch.add(x, self.drop(self.sublayer(x, *args, **kwargs))))
        return torch.add(self.drop(self.sublayer(self.normalize(x), *args, **kwargs)), x)
