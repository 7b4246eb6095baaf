"""The submission as the suite sees it: real modules whose every answer comes from the sandbox.

`RemoteSubmission.LayerNorm(8)` constructs in the sandbox and returns a `RemoteModule`, an
`nn.Module` whose parameters and buffers mirror the candidate's by name and shape. Its forward is
an `autograd.Function` that asks for the value and, backward, for the vector-Jacobian product.
"""

import builtins
import contextlib
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from interview.grading import wire
from interview.grading.differentiation import backward_request, cross, read_gradients
from interview.grading.lending import Lender

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
        self._lender = Lender()
        self._asking = False
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
        if self._asking:
            raise RuntimeError("a function lent to the submission may not call the submission")
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
        """Send a request; answer the calls of lent functions until the reply is there."""
        self._asking = True
        try:
            self._send(message, parcel.tensors if parcel else (), deadline)
            frame = wire.receive(self._socket, deadline)
            while "lent" in frame.header:
                header, answer = self._lender.answer(frame)
                self._send(header, answer.tensors, deadline)
                frame = wire.receive(self._socket, deadline)
            return frame
        finally:
            self._asking = False

    def _send(self, message: dict[str, Any], tensors: Sequence[Tensor], deadline: float) -> None:
        self._socket.settimeout(max(deadline - time.monotonic(), 0.001))
        wire.send(self._socket, message, tensors)

    def parcel(self) -> wire.Parcel:
        """Return a parcel that functions may travel in."""
        return wire.Parcel(lend=self._lender.lend)

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

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Take whatever goes wrong with a reply in hand for a breach of the protocol."""
        try:
            yield
        except Exception:  # noqa: BLE001 - the reply is whatever the sandbox sent
            self._lose("protocol")

    def _lose(self, reason: str) -> None:
        self.lost = reason
        raise SandboxLost(reason)


class RemoteSubmission:
    """The candidate's module: a class of it constructs remotely, a function is called remotely.

    A name with a capital letter is a class, and gives an `nn.Module`; any other is a function.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        wanted = _RemoteClass if name[:1].isupper() else _RemoteFunction
        return wanted(self._connection, name)


class _RemoteClass:
    """A class of the candidate's module."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._name = name

    def __call__(self, *args: object, **kwargs: object) -> "RemoteModule":
        header, parcel = _pack_arguments(self._connection, args, kwargs)
        header |= {"entry": self._name, **_conditions()}
        return RemoteModule(self._connection, self._connection.ask("construct", header, parcel))


class _RemoteFunction:
    """A function of the candidate's module: differentiable by its tensor arguments."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._name = name

    def __call__(self, *args: object, **kwargs: object) -> Any:
        header, parcel = _pack_arguments(self._connection, args, kwargs)
        inputs = list(parcel.tensors)
        header |= {"entry": self._name, "handle": None, **_conditions()}
        exchange = _Exchange(self._connection, self._connection.ask("call", header, parcel))
        outputs = cross(exchange, inputs)
        for output, told in zip(outputs, exchange.differentiable(), strict=True):
            if told and not output.requires_grad:  # it hangs on what the submission made itself
                output.requires_grad_()
        exchange.echo_mutations(inputs)
        return exchange.value(outputs)


class RemoteModule(nn.Module):
    """A candidate's module: mirrored state here, computation in the sandbox."""

    def __init__(self, connection: Connection, frame: wire.Frame) -> None:
        super().__init__()
        self._connection = connection
        with connection.reading():
            self._handle = int(frame.header["handle"])
            self._mirror(frame)

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
        header, parcel = _pack_arguments(self._connection, args, kwargs)
        inputs = list(parcel.tensors)
        header |= {**self.pack_state(parcel), **_conditions()}
        parameters = list(self.parameters())
        exchange = _Exchange(self._connection, self._connection.ask("call", header, parcel))
        outputs = cross(exchange, [*inputs, *parameters])
        exchange.echo_mutations(inputs)
        self._take_back_buffers(exchange.reply)
        return exchange.value(outputs)

    def __deepcopy__(self, memo: dict[int, Any]) -> "RemoteModule":
        """Have the submission copied, and give the copy this one's state and modes."""
        frame = self._connection.ask("deepcopy", {"handle": self._handle})
        copied = RemoteModule(self._connection, frame)
        copied.load_state_dict(self.state_dict())
        for (_, one), (_, other) in zip(self.named_modules(), copied.named_modules(), strict=True):
            other.training = one.training
        memo[id(self)] = copied
        return copied

    def pack_state(self, parcel: wire.Parcel) -> dict[str, Any]:
        """Describe parameters, buffers and modes for a call."""
        return {
            "handle": self._handle,
            "parameters": [
                [name, parcel.put(one), one.requires_grad] for name, one in self.named_parameters()
            ],
            "buffers": [[name, parcel.put(one)] for name, one in self.named_buffers()],
            "training": [name for name, one in self.named_modules() if one.training],
        }

    def _take_back_buffers(self, reply: wire.Frame) -> None:
        """Write the buffers as the call left them into the judge's own."""
        with self._connection.reading():
            for path, number, needs_grad in reply.header.get("buffers", []):
                owner, last = self._owner(path)
                if last in owner._buffers:  # noqa: SLF001 - the only way to replace one
                    # A buffer that still hangs on the graph of the call is shown as such.
                    buffer = reply.tensors[number].requires_grad_(bool(needs_grad))
                    owner._buffers[last] = buffer  # noqa: SLF001


class _Exchange:
    """One call of the submission, answered."""

    def __init__(self, connection: Connection, reply: wire.Frame) -> None:
        self._connection = connection
        self.reply = reply
        with connection.reading():
            self._differentiable = [bool(one) for one in reply.header["differentiable"]]
            self._outputs = reply.tensors[: len(self._differentiable)]

    def outputs(self) -> tuple[Tensor, ...]:
        """Return the tensors of the value."""
        return self._outputs

    def differentiable(self) -> Sequence[bool]:
        """Tell of each output whether the submission computed it differentiably."""
        return self._differentiable

    def vector_jacobian(
        self, cotangents: tuple[Tensor | None, ...], shapes: Sequence[torch.Size]
    ) -> list[Tensor | None]:
        """Ask for the gradients of the call's leaves: its inputs, then the parameters."""
        header, parcel = backward_request(self.reply.header["id"], cotangents)
        reply = self._connection.ask("backward", header, parcel)
        with self._connection.reading():
            return read_gradients(reply, shapes)
        raise AssertionError  # `reading` raises where the gradients cannot be read

    def value(self, outputs: Sequence[Tensor]) -> Any:
        """Return the value, made of these tensors."""
        with self._connection.reading():
            return wire.decode_value(self.reply.header["value"], outputs)

    def echo_mutations(self, inputs: Sequence[Tensor]) -> None:
        """Write what the call wrote into its arguments into the judge's own."""
        with self._connection.reading(), torch.no_grad():
            for index, number in self.reply.header.get("mutated", []):
                mine, told = inputs[index], self.reply.tensors[number]
                if told.shape == mine.shape:
                    mine.copy_(told)
                else:
                    mine.data = told


def _conditions() -> dict[str, Any]:
    """Describe under which of torch's global settings a call is made."""
    autocast = torch.is_autocast_enabled("cpu")
    dtype = wire.dtype_name(torch.get_autocast_dtype("cpu"))
    return {
        "device": str(torch.get_default_device()),
        "default_dtype": wire.dtype_name(torch.get_default_dtype()),
        "grad": torch.is_grad_enabled(),
        "autocast": dtype if autocast else None,
    }


def _pack_arguments(
    connection: Connection, args: tuple[object, ...], kwargs: dict[str, object]
) -> tuple[dict[str, Any], wire.Parcel]:
    parcel = connection.parcel()
    header = {
        "args": wire.encode_value(args, parcel),
        "kwargs": wire.encode_value(kwargs, parcel),
    }
    header["requires_grad"] = [one.requires_grad for one in parcel.tensors]
    header["leaf"] = [one.is_leaf for one in parcel.tensors]
    return header, parcel
