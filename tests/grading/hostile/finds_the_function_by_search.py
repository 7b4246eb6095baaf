# attack: finds_the_function_by_search
# idea: reach F.layer_norm without its name in the text: searches, subclasses, patterns, unicode
# must: flag; what the text hides is stopped at the operator
# variants: 8
import functools
import inspect
import operator
import pydoc
import sys

import torch
from kit import VARIANT, Right
from torch import nn

NAME = "_".join(("layer", "norm"))


def by_members():
    return next(one for name, one in inspect.getmembers(nn.functional) if name == NAME)


def by_modules():
    return sys.modules["torch.nn.functional"].__dict__[NAME]


def by_reduce():
    return functools.reduce(getattr, ("nn", "functional", NAME), torch)


def by_attrgetter():
    return operator.attrgetter("nn.functional.layer_norm")(torch)


def by_locate():
    return pydoc.locate("torch.nn.functional." + NAME)


def by_pattern():
    match torch:
        case object(nn=object(functional=object(layer_norm=found))):
            return found


def by_unicode():
    return nn.functional.ｌａｙｅｒ_ｎｏｒｍ


def by_subclasses():
    kinds = nn.Module.__subclasses__()
    kind = next(one for one in kinds if one.__name__ == "Layer" + "Norm")
    return lambda x, shape, weight, bias, eps: kind(shape, eps, elementwise_affine=False)(x)


WAYS = (
    by_members,
    by_modules,
    by_reduce,
    by_attrgetter,
    by_locate,
    by_pattern,
    by_unicode,
    by_subclasses,
)


class LayerNorm(Right):
    def normalized(self, x):
        return WAYS[VARIANT]()(x, (self.width,), None, None, self.eps)
