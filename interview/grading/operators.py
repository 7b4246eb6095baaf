"""Stopping forbidden calls at the operator, whatever name they went by.

The CPU kernel behind a forbidden function is replaced, in the sandbox, by one that raises. It
costs a tenth of a millisecond and catches what the text hides; a submission that undoes it has
been read by the judge (`calls.py`) before.
"""

from collections.abc import Callable, Iterable
from typing import Any, NoReturn

import torch

_NORMALIZATIONS = ("native_batch_norm", "_native_batch_norm_legit")
_ATTENTIONS = (
    "_scaled_dot_product_flash_attention_for_cpu",
    "_scaled_dot_product_attention_math",
    "_scaled_dot_product_fused_attention_overrideable",
)
_LIKELIHOODS = ("nll_loss_forward", "nll_loss2d_forward")
_OPERATORS: dict[str, tuple[str, ...]] = {
    "layer_norm": ("native_layer_norm",),
    "native_layer_norm": ("native_layer_norm",),
    "LayerNorm": ("native_layer_norm",),
    "group_norm": ("native_group_norm",),
    "native_group_norm": ("native_group_norm",),
    "GroupNorm": ("native_group_norm",),
    "batch_norm": _NORMALIZATIONS,
    "native_batch_norm": _NORMALIZATIONS,
    "instance_norm": _NORMALIZATIONS,
    "rms_norm": ("_fused_rms_norm",),
    "RMSNorm": ("_fused_rms_norm",),
    "scaled_dot_product_attention": _ATTENTIONS,
    "cross_entropy": _LIKELIHOODS,
    "nll_loss": _LIKELIHOODS,
    "MultiheadAttention": ("_native_multi_head_attention",),
    "TransformerEncoderLayer": ("_transformer_encoder_layer_fwd",),
}


class ForbiddenCall(RuntimeError):
    """A submission reached an operator that its exercise forbids."""


def forbid(names: Iterable[str]) -> torch.library.Library:
    """Make the operators behind these dotted names raise; keep the returned value alive."""
    library = torch.library.Library("aten", "IMPL")
    lasts = {name.rpartition(".")[2] for name in names}
    for operator in sorted({one for last in lasts for one in _OPERATORS.get(last, ())}):
        library.impl(operator, _raiser(operator), "CPU")
    return library


def _raiser(operator: str) -> Callable[..., NoReturn]:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise ForbiddenCall(operator)

    return refuse
