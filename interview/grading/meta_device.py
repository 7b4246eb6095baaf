"""The meta device without the second that its first use takes.

Torch answers most operators on `meta` by Python code that imports sympy and its own compiler at
first use. Most operators have kernels in C++ beneath it, so a process that uses the meta device
once or twice does better to take the Python ones away. The few that candidates use and that have
none in C++ get one here. Whatever is left then raises `NotImplementedError`, and the caller puts
torch's own back and asks again.
"""

import sys
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

_LIBRARY = "_meta_lib_dont_use_me_use_register_meta"


def is_loaded() -> bool:
    """Tell whether the first use is behind us."""
    return "sympy" in sys.modules


def load() -> None:
    """Use the meta device once, for forks of this process to find it loaded."""
    torch.empty(2, device="meta").mean()


class NativeKernels:
    """The C++ kernels and our few, from when it is made until `give_way` is called.

    Raises `RuntimeError` where this torch is not built the way that it was read to be.
    """

    def __init__(self) -> None:
        self._registrations = sys.modules.get("torch._meta_registrations")
        library = getattr(self._registrations, _LIBRARY, None)
        operators = getattr(library, "_op_impls", None)
        if library is None or not operators or not hasattr(library, "_destroy"):
            raise RuntimeError(_LIBRARY)
        self._operators = sorted(operators)  # as "aten/mul.Tensor/Meta"
        library._destroy()  # noqa: SLF001 - there is no public way
        self._added = torch.library.Library("aten", "IMPL", "Meta")
        for name, kernel in _KERNELS.items():
            self._added.impl(name, kernel)

    def give_way(self) -> None:
        """Put the Python kernels back."""
        self._added._destroy()  # noqa: SLF001
        library = torch.library.Library("aten", "IMPL", "Meta")
        for name in self._operators:
            packet, _, overload = name.split("/")[1].partition(".")
            operator = getattr(getattr(torch.ops.aten, packet), overload or "default")
            library.impl(operator, operator.py_kernels[torch._C.DispatchKey.Meta])  # noqa: SLF001
        setattr(self._registrations, _LIBRARY, library)


def _spread(
    x: Tensor,
    dim: Sequence[int] | None = None,
    *,
    correction: float | None = None,
    keepdim: bool = False,
) -> Tensor:
    del correction
    if not x.is_floating_point():
        raise NotImplementedError
    return x.sum(None if dim is None else list(dim), keepdim=keepdim)


def _spread_and_mean(
    x: Tensor, dim: Sequence[int] | None = None, **options: Any
) -> tuple[Tensor, Tensor]:
    spread = _spread(x, dim, **options)
    return spread, torch.empty_like(spread)


def _where(condition: Tensor, x: Tensor, y: Tensor) -> Tensor:
    if any(one.device.type != "meta" and one.dim() for one in (condition, x, y)):
        message = "Expected condition, x and y to be on the same device"
        raise RuntimeError(message)
    return torch.empty(_common(condition, x, y), dtype=torch.result_type(x, y), device="meta")


def _where_out(condition: Tensor, x: Tensor, y: Tensor, *, out: Tensor) -> Tensor:
    return out.resize_(_where(condition, x, y).shape)


def _of_same_shape(x: Tensor, *_: object) -> Tensor:
    return torch.empty_like(x)


def _resized(x: Tensor, *, out: Tensor) -> Tensor:
    return out.resize_(x.shape)


def _polar(magnitude: Tensor, angle: Tensor, *, out: Tensor) -> Tensor:
    return out.resize_(_common(magnitude, angle))


def _common(*tensors: Tensor) -> torch.Size:
    # `torch.broadcast_shapes` would import sympy.
    shape: torch.Size = torch.broadcast_tensors(*tensors)[0].shape
    return shape


def _item(_: Tensor) -> object:
    message = "Tensor.item() cannot be called on meta tensors"
    raise RuntimeError(message)


_KERNELS: dict[str, Callable[..., object]] = {
    "_local_scalar_dense": _item,
    "abs.out": _resized,
    "flip": _of_same_shape,
    "floor_divide": torch.mul,
    "polar.out": _polar,
    "roll": _of_same_shape,
    "std.correction": _spread,
    "std_mean.correction": _spread_and_mean,
    "var.correction": _spread,
    "var_mean.correction": _spread_and_mean,
    "where.self": _where,
    "where.self_out": _where_out,
}
