# attack: parameters_in_disguise
# idea: parameters whose subclass tells other values, shapes and names than it has
# must: not-pass; the judge keeps the parameters, and sends them
import torch
from kit import Wrong
from torch import nn


class Chameleon(nn.Parameter):
    shape = property(lambda self: torch.Size([3]))
    requires_grad = property(lambda self: True, lambda self, value: None)

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        with torch._C.DisableTorchFunctionSubclass():
            return function(*args, **(kwargs or {}))


class LayerNorm(Wrong):
    def __init__(self, num_features, eps=1e-5, affine=True):
        super().__init__(num_features, eps, affine)
        self.weight = Chameleon(torch.ones(1)) if affine else None

    def named_parameters(self, *args, **kwargs):
        for name, one in super().named_parameters(*args, **kwargs):
            yield name[::-1], one
