"""Functions of a suite that a submission may call: both ends of such a call.

A suite passes any function where the contract wants a callable (a sublayer, an activation). It
stays in the judge, and the submission is given a stand-in: calling it asks the judge for the
value and, backward, for the vector-Jacobian product. What it was called with is the candidate's
word like any other, and the number and size of such calls are bounded.
"""

import socket
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from interview.grading import wire
from interview.grading.differentiation import (
    Graphs,
    backward_request,
    cross,
    read_gradients,
)

MOST_CALLS = 2000
MOST_BYTES = 4 << 20
_GRAPHS_KEPT = 64


# ── In the judge ────────────────────────────────────────────────────────────────────────────


class Lender:
    """The functions that a submission may call, and the graphs of its latest calls."""

    def __init__(self) -> None:
        self._functions: list[Callable[..., Any]] = []
        self._graphs = Graphs(_GRAPHS_KEPT)
        self._calls = 0

    def lend(self, function: Callable[..., Any]) -> int:
        """Return the number by which the submission may call `function`."""
        if function not in self._functions:
            self._functions.append(function)
        return self._functions.index(function)

    def answer(self, frame: wire.Frame) -> tuple[dict[str, Any], wire.Parcel]:
        """Answer one call of the submission, or its request for gradients.

        Nothing that it sends raises here: what is wrong with a call is its own exception.
        """
        parcel = wire.Parcel()
        try:
            header = self._answers[frame.header["lent"]](self, frame, parcel)
        except Exception as error:  # noqa: BLE001 - also what the suite's function raises
            return {"raised": f"{type(error).__name__}: {error}"[:500]}, wire.Parcel()
        return header, parcel

    def _call(self, frame: wire.Frame, parcel: wire.Parcel) -> dict[str, Any]:
        self._calls += 1
        size = sum(one.numel() * one.element_size() for one in frame.tensors)
        if self._calls > MOST_CALLS or size > MOST_BYTES:
            raise RuntimeError(f"over {MOST_CALLS} calls, or over {MOST_BYTES} bytes in one")
        leaves = [
            tensor.requires_grad_(bool(needed))
            for tensor, needed in zip(frame.tensors, frame.header["requires_grad"], strict=True)
        ]
        function = self._functions[frame.header["function"]]
        args = wire.decode_value(frame.header["args"], leaves)
        kwargs = wire.decode_value(frame.header["kwargs"], leaves)
        with torch.set_grad_enabled(bool(frame.header["grad"])):
            value = function(*args, **kwargs)
        encoded = wire.encode_value(value, parcel)
        outputs = list(parcel.tensors)
        self._graphs.keep(self._calls, outputs, leaves)
        return {
            "call": self._calls,
            "value": encoded,
            "differentiable": [output.requires_grad for output in outputs],
        }

    def _backward(self, frame: wire.Frame, parcel: wire.Parcel) -> dict[str, Any]:
        return self._graphs.answer_backward(frame, parcel)

    _answers = {"call": _call, "backward": _backward}  # noqa: RUF012 - never written to


# ── In the sandbox ──────────────────────────────────────────────────────────────────────────


class Borrowed:
    """A stand-in for a function of the suite."""

    def __init__(self, sock: socket.socket, number: int) -> None:
        self._socket = sock
        self._number = number

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Ask the judge for the function's value at these arguments."""
        parcel = wire.Parcel()
        header = {
            "lent": "call",
            "function": self._number,
            "args": wire.encode_value(args, parcel),
            "kwargs": wire.encode_value(kwargs, parcel),
            "requires_grad": [one.requires_grad for one in parcel.tensors],
            "grad": torch.is_grad_enabled(),
        }
        exchange = _Exchange(self._socket, _ask(self._socket, header, parcel.tensors))
        outputs = cross(exchange, parcel.tensors)
        return wire.decode_value(exchange.reply.header["value"], outputs)


class _Exchange:
    """One call of a stand-in, answered."""

    def __init__(self, sock: socket.socket, reply: wire.Frame) -> None:
        self._socket = sock
        self.reply = reply

    def outputs(self) -> tuple[Tensor, ...]:
        return self.reply.tensors

    def differentiable(self) -> Sequence[bool]:
        told: list[bool] = self.reply.header["differentiable"]
        return told

    def vector_jacobian(
        self, cotangents: tuple[Tensor | None, ...], shapes: Sequence[torch.Size]
    ) -> list[Tensor | None]:
        header, parcel = backward_request(self.reply.header["call"], cotangents)
        reply = _ask(self._socket, {"lent": "backward", **header}, parcel.tensors)
        return read_gradients(reply, shapes)


def _ask(sock: socket.socket, header: dict[str, Any], tensors: Sequence[Tensor]) -> wire.Frame:
    wire.send(sock, header, tensors)
    reply = wire.receive(sock)
    if "raised" in reply.header:
        raise RuntimeError(reply.header["raised"])
    return reply
