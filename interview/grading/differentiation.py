"""Back-propagation across the wire: the asking end and the answering end of one call.

Whoever asks holds a `CrossCall` in its graph; whoever answers keeps the graph of what it computed
and is asked, backward, for a vector-Jacobian product.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from interview.grading import wire

_GRAPHS_KEPT = 256


class Exchange(Protocol):
    """A call that was answered by the other process."""

    def outputs(self) -> tuple[Tensor, ...]:
        """Return the tensors of the answer."""
        ...

    def differentiable(self) -> Sequence[bool]:
        """Tell of each output whether it depends differentiably on a leaf."""
        ...

    def vector_jacobian(
        self, cotangents: tuple[Tensor | None, ...], shapes: Sequence[torch.Size]
    ) -> list[Tensor | None]:
        """Ask for the gradients of the call's leaves, which have these shapes."""
        ...


class CrossCall(torch.autograd.Function):
    """Forward gives the answer; backward asks for the vector-Jacobian product."""

    @staticmethod
    def forward(ctx: Any, exchange: Exchange, *leaves: Tensor) -> tuple[Tensor, ...]:
        """Return the outputs of a call that was answered."""
        ctx.exchange = exchange
        ctx.shapes = [one.shape for one in leaves]
        ctx.set_materialize_grads(False)
        outputs = exchange.outputs()
        told = exchange.differentiable()
        ctx.mark_non_differentiable(
            *(one for one, yes in zip(outputs, told, strict=True) if not yes)
        )
        return outputs

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, *cotangents: Tensor | None) -> tuple[Tensor | None, ...]:
        """Return the gradients of the leaves."""
        return (None, *ctx.exchange.vector_jacobian(cotangents, ctx.shapes))


def cross(exchange: Exchange, leaves: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Return the outputs of a call, tied to the leaves that went into it."""
    outputs: tuple[Tensor, ...] = CrossCall.apply(exchange, *leaves)  # type: ignore[no-untyped-call]
    return outputs


@dataclass(frozen=True, slots=True)
class _Graph:
    """What backward needs of one call: its outputs and the leaves to differentiate by."""

    outputs: list[Tensor]
    leaves: list[Tensor]


class Graphs:
    """The graphs of the calls that this end answered, the newest of them."""

    def __init__(self, kept: int = _GRAPHS_KEPT) -> None:
        self._kept = kept
        self._graphs: dict[int, _Graph] = {}

    def keep(self, number: int, outputs: Sequence[Tensor], leaves: Sequence[Tensor]) -> None:
        """Keep what call `number` computed and from what."""
        self._graphs[number] = _Graph(list(outputs), list(leaves))
        if len(self._graphs) > self._kept:
            del self._graphs[min(self._graphs)]

    def answer_backward(self, frame: wire.Frame, parcel: wire.Parcel) -> dict[str, Any]:
        """Answer a request for a vector-Jacobian product.

        Raises:
            KeyError: where the graph is no longer kept.
        """
        graph = self._graphs[frame.header["call"]]
        pairs = [
            (output, frame.tensors[number])
            for output, number in zip(graph.outputs, frame.header["cotangents"], strict=True)
            if number is not None and output.requires_grad
        ]
        wanted = [leaf for leaf in graph.leaves if leaf.requires_grad]
        # The gradient of Σ output·cotangent is the vector-Jacobian product, and a scalar root
        # spares the third of a second that torch takes to import what checks `grad_outputs`.
        with torch.enable_grad():  # a lent function is asked in the middle of another backward
            root = sum((output * cotangent.conj()).sum().real for output, cotangent in pairs)
        gradients = torch.autograd.grad(root, wanted, allow_unused=True, retain_graph=True)
        found = dict(zip(map(id, wanted), gradients, strict=True))
        return {
            "gradients": [
                None if found.get(id(leaf)) is None else parcel.put(found[id(leaf)])
                for leaf in graph.leaves
            ]
        }


def backward_request(
    call: object, cotangents: tuple[Tensor | None, ...]
) -> tuple[dict[str, Any], wire.Parcel]:
    """Put the request that `Graphs.answer_backward` answers."""
    parcel = wire.Parcel()
    told = [None if one is None else parcel.put(one) for one in cotangents]
    return {"call": call, "cotangents": told}, parcel


def read_gradients(frame: wire.Frame, shapes: Sequence[torch.Size]) -> list[Tensor | None]:
    """Read the answer of `Graphs.answer_backward` for leaves of these shapes.

    Raises:
        WireError: where it is malformed or does not fit the leaves.
    """
    numbers = frame.header.get("gradients")
    if not isinstance(numbers, list) or len(numbers) != len(shapes):
        raise wire.WireError("gradients are malformed")
    gradients = [None if number is None else frame.tensors[number] for number in numbers]
    for gradient, shape in zip(gradients, shapes, strict=True):
        # autograd would sum a broadcastable gradient in silence
        if gradient is not None and gradient.shape != shape:
            raise wire.WireError("a gradient has another shape than its tensor")
    return gradients
