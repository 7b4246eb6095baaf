# The residual is a plain function; the module only keeps its state; init by a table of gains.
from functools import partial

import torch
from torch import nn


def deepnorm(x, branch, norm, layers):
    return norm(torch.stack((x * (2 * layers) ** 0.25, branch)).sum(0))


class DeepNormResidual(nn.Module):
    def __init__(self, d_model, num_layers, dropout=0.0):
        super().__init__()
        self.norm = nn.LayerNorm((d_model,))
        self.dropout = nn.Dropout(dropout)
        self.residual = partial(deepnorm, layers=num_layers)

    def forward(self, x, sublayer):
        return self.residual(x, self.dropout(sublayer(x)), self.norm)


def deepnorm_init_(weights, num_layers):
    beta = (1 / (8 * num_layers)) ** 0.25
    table = [("q_proj", 1), ("k_proj", 1), ("v_proj", beta), ("o_proj", beta), ("fc1", beta), ("fc2", beta)]
    for layer, gain in table:
        for name in weights:
            if name.endswith(f"{layer}.weight"):
                nn.init.xavier_normal_(weights[name], gain=gain)
