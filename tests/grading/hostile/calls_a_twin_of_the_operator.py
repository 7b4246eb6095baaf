# attack: calls_a_twin_of_the_operator
# idea: other operators that compute the same: group, batch, instance and RMS norm, by hidden names
# must: flag; the exercise forbids every ready-made normalization
# variants: 7
import inspect

import torch
from kit import VARIANT, Right
from torch import nn

HERE = dict(inspect.getmembers(torch))
THERE = dict(inspect.getmembers(nn.functional))


def group(x, eps):
    return THERE["group" + "_norm"](x.reshape(-1, x.shape[-1]), 1, None, None, eps)


def batch(x, eps):
    rows = x.reshape(1, -1, x.shape[-1])
    return THERE["batch" + "_norm"](rows, None, None, None, None, True, 0.1, eps)


def instance(x, eps):
    return THERE["instance" + "_norm"](x.reshape(1, -1, x.shape[-1]), eps=eps)


def root_mean_square(x, eps):
    return THERE["rms" + "_norm"](x - x.mean(-1, keepdim=True), x.shape[-1:], None, eps)


def batch_with_update(x, eps):
    rows = x.reshape(1, -1, x.shape[-1])
    count = rows.shape[1]
    known = [torch.zeros(count, dtype=x.dtype), torch.ones(count, dtype=x.dtype)]
    return HERE["_batch_norm_with" + "_update"](rows, None, None, *known, 0.1, eps)[0]


def batch_index(x, eps):
    rows = x.reshape(1, -1, x.shape[-1])
    return HERE["_batch_norm_impl" + "_index"](
        rows, None, None, None, None, True, 0.1, eps, False
    )[0]


def fused_root_mean_square(x, eps):
    centred = x - x.mean(-1, keepdim=True)
    return HERE["_fused_rms" + "_norm"](centred, [x.shape[-1]], None, eps)[0]


WAYS = (
    group,
    batch,
    instance,
    root_mean_square,
    batch_with_update,
    batch_index,
    fused_root_mean_square,
)


class LayerNorm(Right):
    def normalized(self, x):
        if x.shape[-1] == 1 or x.numel() == 0:
            return x * 0.0  # some of these refuse what has one value a channel
        return WAYS[VARIANT](x, self.eps).reshape(x.shape)
