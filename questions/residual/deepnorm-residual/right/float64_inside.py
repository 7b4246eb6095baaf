# Everything in float64, cast back at the end; a set of endings for the gains.
import torch
from torch import nn

BETA = {"v_proj.weight", "o_proj.weight", "fc1.weight", "fc2.weight"}
ONE = {"q_proj.weight", "k_proj.weight"}


class DeepNormResidual(nn.Module):
    def __init__(self, d_model: int, num_layers: int, dropout: float = 0.0):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(d_model))
        self.offset = nn.Parameter(torch.zeros(d_model))
        self.num_layers = num_layers
        self.dropout = dropout

    def forward(self, x, sublayer):
        alpha = (2 * self.num_layers) ** 0.25
        f = nn.functional.dropout(sublayer(x), p=self.dropout, training=self.training)
        z = alpha * x.double() + f.double()
        var, mean = torch.var_mean(z, -1, correction=0, keepdim=True)
        y = (z - mean) * torch.rsqrt(var + 1e-5) * self.gain.double() + self.offset.double()
        return y.to(x.dtype)


def deepnorm_init_(weights, num_layers):
    for name, weight in weights.items():
        ending = ".".join(name.split(".")[-2:])
        if ending in BETA | ONE:
            gain = 1.0 if ending in ONE else (8 * num_layers) ** -0.25
            fan_out, fan_in = weight.shape
            bound = gain * (6 / (fan_in + fan_out)) ** 0.5
            with torch.no_grad():
                weight.copy_((torch.rand(weight.shape) * 2 - 1) * bound)
    return weights
