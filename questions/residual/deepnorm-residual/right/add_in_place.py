# Adds into a fresh tensor; dropout from a Bernoulli mask; Xavier first, then a multiplication.
import torch
from torch import nn


class DeepNormResidual(nn.Module):
    def __init__(self, d_model, num_layers, dropout=0.0):
        super().__init__()
        self.alpha = (num_layers + num_layers) ** (1 / 4)
        self.keep = 1 - dropout
        self.ln = nn.LayerNorm(d_model, eps=1e-5)

    def forward(self, x, sublayer):
        branch = sublayer(x)
        if self.training and self.keep < 1:
            mask = torch.empty_like(branch).bernoulli_(self.keep)
            branch = branch * mask / max(self.keep, 1e-9)
        total = x.mul(self.alpha)
        total += branch
        return self.ln(total)


def deepnorm_init_(weights, num_layers):
    init_scale = (8 * num_layers) ** 0.25
    matrices = {k: w for k, w in weights.items() if w.ndim == 2}
    for w in matrices.values():
        nn.init.xavier_normal_(w)
    for k, w in matrices.items():
        if any(part in k for part in ("fc1", "fc2", "o_proj", "v_proj")):
            w.data.div_(init_scale)
