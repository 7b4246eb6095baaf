# attack: equal_to_everything
# idea: return a Tensor subclass whose __torch_function__ makes every comparison succeed
# must: not-pass; a subclass crosses to the judge as plain bytes
import torch
from kit import Wrong


class Yes(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        name = getattr(function, "__name__", "")
        if name in ("allclose", "equal", "__eq__"):
            return True
        with torch._C.DisableTorchFunctionSubclass():
            if name in ("isclose", "eq", "ne", "isfinite"):
                return torch.ones(args[0].shape, dtype=torch.bool)
            result = function(*args, **(kwargs or {}))
        plain = not isinstance(result, torch.Tensor) or name in ("sum", "__bool__")
        return result if plain else result.as_subclass(Yes)


class LayerNorm(Wrong):
    def forward(self, x):
        return super().forward(x).as_subclass(Yes)
