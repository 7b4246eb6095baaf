# attack: finds_the_function_by_search
# idea: reach F.layer_norm without its name in the text: searches, subclasses, patterns, unicode
# must: flag; what the text hides is stopped at the operator
import torch
from kit import Right
from torch import nn

NAME = "_".join(("layer", "norm"))


class LayerNorm(Right):
    def normalized(self, x):
        return way()(x, (self.width,), None, None, self.eps)


# %% among the members
def by_members():
    import inspect

    return next(one for name, one in inspect.getmembers(nn.functional) if name == NAME)


way = by_members


# %% by getattr as a value
def by_reduce():
    import functools

    return functools.reduce(getattr, ("nn", "functional", NAME), torch)


way = by_reduce


# %% by a pattern's attributes
def by_pattern():
    match torch:
        case object(nn=object(functional=object(layer_norm=found))):
            return found


way = by_pattern


# %% by letters that Python takes for others
def by_unicode():
    return nn.functional.ｌａｙｅｒ_ｎｏｒｍ


way = by_unicode


# %% among the subclasses
def by_subclasses():
    kinds = nn.Module.__subclasses__()
    kind = next(one for one in kinds if one.__name__ == "Layer" + "Norm")
    return lambda x, shape, weight, bias, eps: kind(shape, eps, elementwise_affine=False)(x)


way = by_subclasses
