# attack: calls_the_operator
# idea: torch.ops.aten.native_layer_norm, by its attribute and by getattr under computed names
# must: flag; a forbidden operator is forbidden under every name
import torch
from kit import Right


class LayerNorm(Right):
    def normalized(self, x):
        return way()(x, (self.width,), None, None, self.eps)[0]


# %% by parts of its names
def by_parts():
    return getattr(getattr(getattr(torch, "op" + "s"), "aten"), "native_layer" + "_norm")


way = by_parts


# %% by getattr under another name
def by_another_getattr():
    find = getattr
    return find(torch, "native_" + "layer_norm")


way = by_another_getattr
