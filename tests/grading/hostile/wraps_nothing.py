# attack: wraps_nothing
# idea: return a wrapper subclass that has a shape, no storage, and a __torch_dispatch__ that lies
# must: not-pass; a tensor crosses as its bytes, and it has none
import torch
from kit import Wrong


class Hollow(torch.Tensor):
    @staticmethod
    def __new__(cls, like):
        return torch.Tensor._make_wrapper_subclass(cls, (1 << 20, *like.shape), dtype=like.dtype)

    @classmethod
    def __torch_dispatch__(cls, function, types, args=(), kwargs=None):
        return args[0]


class LayerNorm(Wrong):
    def forward(self, x):
        return Hollow(x)
