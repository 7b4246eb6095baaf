# The layouts are plain functions picked in the constructor; x comes through *inputs like the rest.
from torch import nn


def pre_norm(norm, branch, x, *args, **kwargs):
    return branch(norm(x), *args, **kwargs).add(x)


def post_norm(norm, branch, x, *args, **kwargs):
    return norm(branch(x, *args, **kwargs).add(x))


class SublayerConnection(nn.Module):
    def __init__(self, d_model, sublayer, dropout=0.1, norm_first=True):
        super(SublayerConnection, self).__init__()
        self.ln = nn.LayerNorm(d_model)
        self.residual_dropout = nn.Dropout(p=dropout)
        self._function = sublayer
        self._layout = pre_norm if norm_first else post_norm

    def _branch(self, *inputs, **named):
        return self.residual_dropout(self._function(*inputs, **named))

    def forward(self, *inputs, **named):
        return self._layout(self.ln, self._branch, *inputs, **named)
