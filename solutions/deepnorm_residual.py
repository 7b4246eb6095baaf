"""DeepNorm (arXiv:2203.00555): a post-LN residual whose trunk is scaled up with depth."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

# What the values pass through is scaled down. q and k only set the weights of an average.
SCALED = ("v_proj.weight", "o_proj.weight", "fc1.weight", "fc2.weight")
PLAIN = ("q_proj.weight", "k_proj.weight")


class DeepNormResidual(nn.Module):
    """LN(α·x + f(x)) for one sublayer f of an encoder or decoder of `num_layers` layers."""

    def __init__(self, d_model: int, num_layers: int, dropout: float = 0.0) -> None:
        super().__init__()
        # N counts whole layers, of two sublayers each. A constant: no parameter, no buffer.
        self.alpha = (2 * num_layers) ** 0.25
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, sublayer: Callable[[Tensor], Tensor]) -> Tensor:
        # α belongs to the trunk. On both sides LN would cancel it, and on the branch it would
        # do the opposite of what it is for. The sublayer reads x itself, as in any post-LN.
        y: Tensor = self.norm(self.alpha * x + self.dropout(sublayer(x)))
        return y


@torch.no_grad()
def deepnorm_init_(weights: Mapping[str, Tensor], num_layers: int) -> None:
    """Fill the projections of a model of `num_layers` layers in place, by their names."""
    beta = (8 * num_layers) ** -0.25
    for name, weight in weights.items():
        if name.endswith(SCALED):
            nn.init.xavier_normal_(weight, gain=beta)
        elif name.endswith(PLAIN):
            nn.init.xavier_normal_(weight)
