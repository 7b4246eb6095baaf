"""The submission as the suite sees it: real modules whose every answer comes from the sandbox.

`RemoteSubmission.LayerNorm(8)` constructs in the sandbox and returns a `RemoteModule`, an
`nn.Module` whose parameters and buffers mirror the candidate's by name and shape. Its forward is
an `autograd.Function` that asks for the value and, backward, for the vector-Jacobian product.
"""

import builtins
import socket
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from interview.grading import wire

CALL_SECONDS = 10.0


class SandboxLost(BaseException):
    """The sandbox can answer no more: it ran out of time, ended, or broke the protocol.

    A BaseException, so that a suite's `pytest.raises(Exception)` cannot take it for an answer.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Raised(Exception):
    """The submission raised. Instances are also of the same built-in type as what it raised."""

    type_name: str
    line: int | None

    @classmethod
    def of(cls, told: object) -> "Raised":
        """Build from what the sandbox tells: type names from the most derived, text, line."""
        if not isinstance(told, dict) or not isinstance(told.get("types"), list):
            raise SandboxLost("protocol")
        names = [str(name)[:100] for name in told["types"]]
        builtin = next((found for name in names if (found := _builtin_error(name))), Exception)
        bases = (cls,) if issubclass(cls, builtin) else (cls, builtin)
        error: Raised = type(builtin.__name__, bases, {})(
            printable(str(told.get("message", "")))[:2000]
        )
        error.type_name = printable(names[0]) if names else "Exception"
        line = told.get("line")
        error.line = line if isinstance(line, int) and line > 0 else None
        return error


def printable(text: str) -> str:
    """Drop control characters and lone surrogates: this text comes from the sandbox."""
    kept = "".join(
        c for c in text if c in "\n\t" or (c.isprintable() and not "\ud800" <= c <= "\udfff")
    )
    return kept.replace("\t", "    ")


def _builtin_error(name: str) -> type[Exception] | None:
    found = getattr(builtins, name, None)
    plain = isinstance(found, type) and issubclass(found, Exception)
    # These need arguments of their own to be raised; their parents serve as well.
    special = name in {
        "UnicodeDecodeError",
        "UnicodeEncodeError",
        "UnicodeTranslateError",
        "ExceptionGroup",
    }
    return found if plain and not special else None


class Connection:
    """The judge's end of the wire: one request, one reply, one clock."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._socket = sock
        self._deadline = deadline
        self._requests = 0
        self.seconds = 0.0
        self.lost: str | None = None

    def receive_greeting(self) -> tuple[str, ...]:
        """Return the protections that the sandbox says are on."""
        frame = self._exchange(lambda: wire.receive(self._socket, self._deadline))
        told = frame.header.get("protections")
        return tuple(str(name) for name in told) if isinstance(told, list) else ()

    def start_clock(self, seconds: float) -> None:
        """Give all calls from now on that much time together."""
        self._deadline = time.monotonic() + seconds

    def ask(self, op: str, header: dict[str, Any], parcel: wire.Parcel | None = None) -> wire.Frame:
        """Send a request and return its reply.

        Raises:
            Raised: where the submission raised.
            SandboxLost: where no valid reply came in time.
        """
        if self.lost:
            raise SandboxLost(self.lost)
        self._requests += 1
        number = self._requests
        deadline = min(time.monotonic() + CALL_SECONDS, self._deadline)
        message = {"op": op, "id": number, **header}
        frame = self._exchange(lambda: self._round_trip(message, parcel, deadline))
        if frame.header.get("id") != number:
            self._lose("protocol")
        if "raised" in frame.header:
            raise Raised.of(frame.header["raised"])
        return frame

    def _round_trip(
        self, message: dict[str, Any], parcel: wire.Parcel | None, deadline: float
    ) -> wire.Frame:
        self._socket.settimeout(max(deadline - time.monotonic(), 0.001))
        wire.send(self._socket, message, parcel.tensors if parcel else ())
        return wire.receive(self._socket, deadline)

    def _exchange(self, action: Callable[[], wire.Frame]) -> wire.Frame:
        started = time.monotonic()
        try:
            return action()
        except wire.WireTimeout:
            self._lose("timed_out")
        except wire.WireClosed:
            self._lose("ended")
        except (wire.WireError, RuntimeError, ValueError, TypeError, KeyError, OverflowError):
            self._lose("protocol")
        finally:
            self.seconds += time.monotonic() - started
        raise AssertionError  # `_lose` always raises

    def _lose(self, reason: str) -> None:
        self.lost = reason
        raise SandboxLost(reason)


class RemoteSubmission:
    """The candidate's module: a class of it constructs remotely, a function is called remotely."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return _RemoteEntry(self._connection, name)


class _RemoteEntry:
    """A name of the candidate's module, callable as class or function."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._name = name

    def __call__(self, *args: object, **kwargs: object) -> "RemoteModule":
        header, parcel = _pack_arguments(args, kwargs)
        header |= {
            "entry": self._name,
            "device": str(torch.get_default_device()),
            "default_dtype": str(torch.get_default_dtype()).removeprefix("torch."),
        }
        return RemoteModule(self._connection, self._connection.ask("construct", header, parcel))


class RemoteModule(nn.Module):
    """A candidate's module: mirrored state here, computation in the sandbox."""

    def __init__(self, connection: Connection, frame: wire.Frame) -> None:
        super().__init__()
        self._connection = connection
        try:
            self._handle = int(frame.header["handle"])
            self._mirror(frame)
        except SandboxLost:
            raise
        except Exception as error:
            connection.lost = "protocol"
            raise SandboxLost("protocol") from error

    def _mirror(self, frame: wire.Frame) -> None:
        told = frame.header
        for path in filter(None, told["modules"]):
            owner, last = self._owner(path)
            owner.add_module(last, nn.Module())
        shared: dict[int, nn.Parameter] = {}
        for path, number, needs_grad in told["parameters"]:
            owner, last = self._owner(path)
            made = shared.setdefault(
                number, nn.Parameter(frame.tensors[number], requires_grad=bool(needs_grad))
            )
            owner.register_parameter(last, made)
        for path, number in told["buffers"]:
            owner, last = self._owner(path)
            owner.register_buffer(last, frame.tensors[number], path in told["persistent"])
        training = set(told["training"])
        for path, module in self.named_modules():
            module.training = path in training

    def _owner(self, path: str) -> tuple[nn.Module, str]:
        parent, _, last = str(path).rpartition(".")
        return self.get_submodule(parent), last

    def forward(self, *args: object, **kwargs: object) -> Any:
        """Ask the sandbox for the value of this module at these arguments."""
        header, parcel = _pack_arguments(args, kwargs)
        inputs = list(parcel.tensors)
        header |= self.pack_state(parcel)
        parameters = list(self.parameters())
        exchange = _Exchange(self._connection, header, parcel, len(inputs))
        outputs = _RemoteCall.apply(  # type: ignore[no-untyped-call]
            exchange, *inputs, *parameters
        )
        self._take_back(exchange, inputs)
        return wire.decode_value(exchange.reply.header["value"], outputs)

    def pack_state(self, parcel: wire.Parcel) -> dict[str, Any]:
        """Describe parameters, buffers and modes for a call, under the caller's conditions."""
        autocast = torch.is_autocast_enabled("cpu")
        dtype = str(torch.get_autocast_dtype("cpu")).removeprefix("torch.")
        return {
            "handle": self._handle,
            "parameters": [
                [name, parcel.put(one), one.requires_grad] for name, one in self.named_parameters()
            ],
            "buffers": [[name, parcel.put(one)] for name, one in self.named_buffers()],
            "training": [name for name, one in self.named_modules() if one.training],
            "grad": torch.is_grad_enabled(),
            "autocast": dtype if autocast else None,
        }

    def _take_back(self, exchange: "_Exchange", inputs: list[Tensor]) -> None:
        """Write what the call changed in place, buffers and arguments, into the judge's own."""
        reply = exchange.reply
        for path, number in reply.header.get("buffers", []):
            owner, last = self._owner(path)
            if last in owner._buffers:  # noqa: SLF001 - the only way to replace one
                owner._buffers[last] = reply.tensors[number]  # noqa: SLF001
        for index, number in reply.header.get("mutated", []):
            with torch.no_grad():
                inputs[index].copy_(reply.tensors[number])


class _Exchange:
    """One call's request and, once answered, its reply."""

    def __init__(
        self, connection: Connection, header: dict[str, Any], parcel: wire.Parcel, inputs: int
    ) -> None:
        self.connection = connection
        self.inputs = inputs
        self._header = header
        self._parcel = parcel
        self.reply: wire.Frame

    def call(self) -> tuple[Tensor, ...]:
        """Ask for the value; return the tensors in it."""
        self.reply = self.connection.ask("call", self._header, self._parcel)
        count = len(self.reply.header.get("differentiable", []))
        return self.reply.tensors[:count]

    def vector_jacobian(self, cotangents: tuple[Tensor | None, ...]) -> list[Tensor | None]:
        """Ask for the gradients of the call's leaves: its inputs, then the parameters."""
        parcel = wire.Parcel()
        header = {
            "call": self.reply.header["id"],
            "cotangents": [None if one is None else parcel.put(one) for one in cotangents],
        }
        frame = self.connection.ask("backward", header, parcel)
        numbers = frame.header.get("gradients")
        if not isinstance(numbers, list):
            raise SandboxLost("protocol")
        return [None if number is None else frame.tensors[number] for number in numbers]


class _RemoteCall(torch.autograd.Function):
    """Forward asks for the value; backward for the vector-Jacobian product."""

    @staticmethod
    def forward(ctx: Any, exchange: _Exchange, *leaves: Tensor) -> tuple[Tensor, ...]:
        ctx.exchange = exchange
        ctx.shapes = [one.shape for one in leaves]
        ctx.set_materialize_grads(False)
        outputs = exchange.call()
        told = exchange.reply.header["differentiable"]
        ctx.mark_non_differentiable(
            *(one for one, yes in zip(outputs, told, strict=True) if not yes)
        )
        return outputs

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, *cotangents: Tensor | None) -> tuple[Tensor | None, ...]:
        gradients = ctx.exchange.vector_jacobian(cotangents)
        if len(gradients) != len(ctx.shapes):
            raise SandboxLost("protocol")
        for gradient, shape in zip(gradients, ctx.shapes, strict=True):
            # autograd would sum a broadcastable gradient in silence
            if gradient is not None and gradient.shape != shape:
                raise SandboxLost("protocol")
        return (None, *gradients)


def _pack_arguments(
    args: tuple[object, ...], kwargs: dict[str, object]
) -> tuple[dict[str, Any], wire.Parcel]:
    parcel = wire.Parcel()
    header = {
        "args": wire.encode_value(args, parcel),
        "kwargs": wire.encode_value(kwargs, parcel),
    }
    header["requires_grad"] = [one.requires_grad for one in parcel.tensors]
    header["leaf"] = [one.is_leaf for one in parcel.tensors]
    return header, parcel
