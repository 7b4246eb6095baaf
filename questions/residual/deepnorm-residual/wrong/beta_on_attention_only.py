# check: init-scaled
# Leaves the feed-forward layer at gain 1.
from torch import nn


class DeepNormResidual(nn.Module):
    def __init__(self, d_model, num_layers, dropout=0.0):
        super().__init__()
        self.alpha = (2 * num_layers) ** 0.25
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, sublayer):
        return self.norm(self.alpha * x + self.dropout(sublayer(x)))


def deepnorm_init_(weights, num_layers):
    beta = (8 * num_layers) ** -0.25
    for name, weight in weights.items():
        if name.endswith(("v_proj.weight", "o_proj.weight")):
            nn.init.xavier_normal_(weight, gain=beta)
        elif name.endswith(("q_proj.weight", "k_proj.weight", "fc1.weight", "fc2.weight")):
            nn.init.xavier_normal_(weight, gain=1.0)
