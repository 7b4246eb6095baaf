"""The meta device without the second that its first use takes.

Torch answers most operators on `meta` by Python code that imports sympy and its own compiler at
first use. The operators that matter have kernels in C++ beneath it, so a process that uses the
meta device once or twice does better to take the Python ones away; whatever has none in C++ then
raises `NotImplementedError`, and the caller puts them back and asks again.
"""

import sys

import torch

_LIBRARY = "_meta_lib_dont_use_me_use_register_meta"


def is_loaded() -> bool:
    """Tell whether the first use is behind us."""
    return "sympy" in sys.modules


def load() -> None:
    """Use the meta device once, for forks of this process to find it loaded."""
    torch.empty(2, device="meta").mean()


class NativeKernels:
    """The C++ kernels alone, from when it is made until `give_way` is called.

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

    def give_way(self) -> None:
        """Put the Python kernels back."""
        library = torch.library.Library("aten", "IMPL", "Meta")
        for name in self._operators:
            packet, _, overload = name.split("/")[1].partition(".")
            operator = getattr(getattr(torch.ops.aten, packet), overload or "default")
            library.impl(operator, operator.py_kernels[torch._C.DispatchKey.Meta])  # noqa: SLF001
        setattr(self._registrations, _LIBRARY, library)
