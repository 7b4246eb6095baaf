# attack: calls_a_twin_of_the_operator
# idea: other operators that compute the same: group, batch, instance and RMS norm, by hidden names
# must: flag; the exercise forbids every ready-made normalization
import torch
from kit import Right
from torch import nn


class LayerNorm(Right):
    def normalized(self, x):
        if x.shape[-1] == 1 or x.numel() == 0:
            return x * 0.0  # some of these refuse what has one value a channel
        return way(x, self.eps).reshape(x.shape)


# %% a batch whose channels are the rows
def batch(x, eps):
    rows = x.reshape(1, -1, x.shape[-1])
    match nn.functional:
        case object(batch_norm=found):
            return found(rows, None, None, None, None, True, 0.1, eps)


way = batch


# %% the root mean square of what is centred
def root_mean_square(x, eps):
    centred = x - x.mean(-1, keepdim=True)
    match nn.functional:
        case object(rms_norm=found):
            return found(centred, x.shape[-1:], None, eps)


way = root_mean_square


# %% the batch norm behind batch norm, by its attribute
def batch_index(x, eps):
    rows = x.reshape(1, -1, x.shape[-1])
    return torch._batch_norm_impl_index(rows, None, None, None, None, True, 0.1, eps, False)[0]


way = batch_index
