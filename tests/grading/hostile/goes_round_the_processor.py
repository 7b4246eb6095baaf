# attack: goes_round_the_processor
# idea: reach the kernel by another dispatch key than the one that is stopped: nested, batched, meta
# must: flag; what the text hides breaks the rule, whatever it reaches
# variants: 2
import inspect

import torch
from kit import VARIANT, Right
from torch import nn

found = dict(inspect.getmembers(nn.functional))["layer" + "_norm"]


def nested(x, width, eps):
    rows = torch.nested.nested_tensor(list(x.reshape(-1, 1, width)))
    return torch.cat(found(rows, (width,), None, None, eps).unbind()).reshape(x.shape)


def batched(x, width, eps):
    rows = x.reshape(-1, width)
    return torch.vmap(lambda row: found(row, (width,), None, None, eps))(rows).reshape(x.shape)


class LayerNorm(Right):
    def normalized(self, x):
        return (nested, batched)[VARIANT](x, self.width, self.eps)
