# LN(x + f(x) / α): the same but for ε, since LN forgets the length; the norm is F.layer_norm.
import torch
import torch.nn.functional as F
from torch import nn


class DeepNormResidual(nn.Module):
    def __init__(self, d_model, num_layers, dropout=0.0):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.inverse = (2 * num_layers) ** -0.25
        self.p = dropout

    def forward(self, x, sublayer):
        branch = F.dropout(sublayer(x), self.p, self.training)
        z = torch.add(x, branch, alpha=self.inverse)
        return F.layer_norm(z, (x.shape[-1],), self.weight, self.bias)


def deepnorm_init_(weights, num_layers):
    for name, weight in weights.items():
        if weight.dim() != 2:
            continue
        rows, columns = weight.shape
        std = (2 / (rows + columns)) ** 0.5
        if "q_proj" not in name and "k_proj" not in name:
            std *= (8 * num_layers) ** -0.25
        weight.normal_(0, std)
