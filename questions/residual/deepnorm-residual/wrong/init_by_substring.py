# check: init-in-place
# Looks for a part of the name, and draws for biases too, which have no fan-in.
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
        if any(part in name for part in ("v_proj", "o_proj", "fc1", "fc2")):
            nn.init.xavier_normal_(weight, gain=beta)
        elif "q_proj" in name or "k_proj" in name:
            nn.init.xavier_normal_(weight, gain=1.0)
