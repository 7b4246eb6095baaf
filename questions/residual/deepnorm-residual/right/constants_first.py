# The constants from one function; α as a buffer of no dimension that is not saved; weights copied in.
import torch
from torch import nn


def constants(layers):
    return torch.tensor(2.0 * layers).sqrt().sqrt(), torch.tensor(8.0 * layers).pow(-0.25)


class DeepNormResidual(nn.Module):
    def __init__(self, d_model, num_layers, dropout=0.0):
        super().__init__()
        alpha, _ = constants(num_layers)
        self.register_buffer("alpha", alpha, persistent=False)
        self.post = nn.Sequential(nn.LayerNorm(d_model))
        self.dropout = nn.Dropout(dropout) if dropout > 0 else nn.Identity()

    def forward(self, x, sublayer):
        return self.post(torch.addcmul(self.dropout(sublayer(x)), self.alpha.to(x.dtype), x))


@torch.no_grad()
def deepnorm_init_(weights, num_layers):
    _, beta = constants(num_layers)
    plain = [key for key in weights if key.endswith(("q_proj.weight", "k_proj.weight"))]
    scaled = [key for key in weights if key.endswith((".weight",)) and ("fc" in key or "_proj" in key)]
    for key in set(plain) | set(scaled):
        fresh = torch.nn.init.xavier_normal_(torch.empty_like(weights[key]))
        weights[key].copy_(fresh if key in plain else fresh * beta)
