# attack: calls_the_operator
# idea: torch.ops.aten.native_layer_norm, by its attribute and by getattr on torch.ops
# must: flag; a forbidden operator is forbidden under every name
# variants: 3
import torch
from kit import VARIANT, Right


def plainly(x, eps):
    return torch.ops.aten.native_layer_norm(x, x.shape[-1:], None, None, eps)[0]


def by_name(x, eps):
    found = getattr(torch, "op" + "s")
    found = getattr(getattr(found, "aten"), "native_layer" + "_norm")
    return found(x, x.shape[-1:], None, None, eps)[0]


def unbound(x, eps):
    find = getattr
    return find(torch, "native_" + "layer_norm")(x, x.shape[-1:], None, None, eps)[0]


class LayerNorm(Right):
    def normalized(self, x):
        return (plainly, by_name, unbound)[VARIANT](x, self.eps)
