# LN written out, γ and β registered in the other order; the exponents through math.pow; uniform draws.
import math

import torch
from torch import nn


class DeepNormResidual(nn.Module):
    def __init__(self, d_model, num_layers, dropout=0.0):
        super().__init__()
        self.beta = nn.Parameter(torch.zeros(d_model))
        self.gamma = nn.Parameter(torch.ones(d_model))
        self.alpha = math.pow(2.0 * num_layers, 0.25)
        self.drop = nn.Dropout(p=dropout)

    def forward(self, x, sublayer):
        z = x * self.alpha + self.drop(sublayer(x))
        wide = z.to(torch.promote_types(z.dtype, torch.float32))
        mean = wide.mean(-1, keepdim=True)
        var = (wide - mean).square().mean(-1, keepdim=True)
        normal = (wide - mean) / torch.sqrt(var + 1e-5)
        return (normal * self.gamma + self.beta).to(x.dtype)


def deepnorm_init_(weights, num_layers):
    gains = dict.fromkeys(("v_proj", "o_proj", "fc1", "fc2"), 1 / math.pow(8.0 * num_layers, 0.25))
    gains |= {"q_proj": 1.0, "k_proj": 1.0}
    for name in weights:
        *_, layer, kind = ["", *name.split(".")]
        if kind == "weight" and layer in gains:
            nn.init.xavier_uniform_(weights[name], gains[layer])
