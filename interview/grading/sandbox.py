"""The untrusted process: it holds the submission, answers the judge's calls, and nothing else.

What is said here is only ever the candidate's word. The judge compares values; it never asks
this process whether they are right.
"""

import contextlib
import copy
import gc
import inspect
import linecache
import os
import socket
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from interview.grading import meta_device, operators, wire
from interview.grading.confinement import confine, limit_cpu
from interview.grading.differentiation import Graphs
from interview.grading.lending import Borrowed
from interview.grading.link import Link

MODULE_NAME = "submission"
_CPU_SECONDS = 120.0  # until a submission is loaded, which brings its own limit


@dataclass(slots=True)
class _State:
    """Everything this process holds between two calls."""

    sock: socket.socket
    filename: str = "submission.py"
    module: types.ModuleType | None = None
    forbidden: torch.library.Library | None = None
    native_meta: meta_device.NativeKernels | None = None
    instances: list[nn.Module] = field(default_factory=list)
    graphs: Graphs = field(default_factory=Graphs)


def run(sock: socket.socket, *, scratch: Path) -> None:
    """Confine this process, then answer calls on `sock` until the judge hangs up."""
    protections = confine(scratch, _CPU_SECONDS)
    torch.set_num_threads(1)
    sock = Link(sock)
    wire.send(sock, {"protections": list(protections)})
    state = _State(sock)
    gc.enable()
    while True:
        try:
            frame = wire.receive(sock)
        except (wire.WireClosed, wire.WireError):
            return
        _reply(sock, frame, state)
        if frame.header.get("prepare"):
            _prepare(state)


def _prepare(state: _State) -> None:
    """Make the meta device usable: its first use would import for most of a second."""
    if meta_device.is_loaded():
        return
    try:
        state.native_meta = meta_device.NativeKernels()
    except RuntimeError:
        gc.disable()
        meta_device.load()
        gc.freeze()
        gc.enable()


def _reply(sock: socket.socket, frame: wire.Frame, state: _State) -> None:
    call_id = frame.header.get("id")
    try:
        parcel, answer = _answer(frame, state)
    except BaseException as error:  # noqa: BLE001 - whatever the submission raises is its answer
        parcel, answer = wire.Parcel(), {"raised": _describe_error(error, state.filename)}
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        wire.send(sock, {"id": call_id, **answer}, parcel.tensors)
    except (wire.WireError, ValueError) as error:  # too large, or an integer without end
        wire.send(sock, {"id": call_id, "raised": _describe_error(error, state.filename)})


def _answer(frame: wire.Frame, state: _State) -> tuple[wire.Parcel, dict[str, Any]]:
    operation, parcel = _OPERATIONS[frame.header["op"]], wire.Parcel()
    try:
        return parcel, operation(state, frame, parcel)
    except NotImplementedError:
        if state.native_meta is None or not _touches_meta(frame):
            raise
        state.native_meta.give_way()
        state.native_meta = None
    parcel = wire.Parcel()
    return parcel, operation(state, frame, parcel)


def _touches_meta(frame: wire.Frame) -> bool:
    on_meta = any(one.device.type == "meta" for one in frame.tensors)
    return on_meta or frame.header.get("device") == "meta"


def _describe_error(error: BaseException, filename: str) -> dict[str, Any]:
    """Return the error's type, text, and the innermost line of the submission it came from."""
    line = error.lineno if isinstance(error, SyntaxError) else None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == filename:
            line = trace.tb_lineno
        trace = trace.tb_next
    bases = [base.__name__ for base in type(error).__mro__]
    return {"types": bases[:8], "message": str(error)[:2000], "line": line}


def _load(state: _State, frame: wire.Frame, _: wire.Parcel) -> dict[str, Any]:
    source, state.filename = str(frame.header["source"]), str(frame.header["filename"])
    limit_cpu(frame.header["cpu_seconds"])
    state.forbidden = operators.forbid(frame.header["forbids"])
    linecache.cache[state.filename] = (
        len(source),
        None,
        source.splitlines(keepends=True),
        state.filename,
    )
    state.module = types.ModuleType(MODULE_NAME)
    state.module.__file__ = state.filename
    sys.modules[MODULE_NAME] = state.module
    exec(compile(source, state.filename, "exec"), state.module.__dict__)  # noqa: S102
    return {}


def _signature(state: _State, frame: wire.Frame, _: wire.Parcel) -> dict[str, Any]:
    entry = _entry(state, frame)
    parameters = inspect.signature(entry).parameters.values()
    return {
        "parameters": [
            [one.name, one.kind.name, one.default is not inspect.Parameter.empty]
            for one in parameters
        ]
    }


def _construct(state: _State, frame: wire.Frame, parcel: wire.Parcel) -> dict[str, Any]:
    given = _arguments(state, frame)
    with _conditions(frame):
        instance = _entry(state, frame)(*given.args, **given.kwargs)
    if not isinstance(instance, nn.Module):
        message = f"{frame.header['entry']}(…) is not an nn.Module"
        raise TypeError(message)
    state.instances.append(instance)
    return {"handle": len(state.instances) - 1, **_module_state(instance, parcel)}


def _module_state(instance: nn.Module, parcel: wire.Parcel) -> dict[str, Any]:
    """Describe parameters, buffers and submodules; tensors that are one are told as one."""
    numbers: dict[int, int] = {}

    def number(tensor: Tensor) -> int:
        if id(tensor) not in numbers:
            numbers[id(tensor)] = parcel.put(tensor)
        return numbers[id(tensor)]

    return {
        "parameters": [
            [name, number(one), one.requires_grad]
            for name, one in instance.named_parameters(remove_duplicate=False)
        ],
        "buffers": [
            [name, number(one)] for name, one in instance.named_buffers(remove_duplicate=False)
        ],
        "persistent": [name for name in instance.state_dict() if isinstance(name, str)],
        "modules": [name for name, _ in instance.named_modules(remove_duplicate=False)],
        "training": [name for name, one in instance.named_modules() if one.training],
    }


def _call(state: _State, frame: wire.Frame, parcel: wire.Parcel) -> dict[str, Any]:
    given = _arguments(state, frame)
    handle = frame.header["handle"]
    instance = None if handle is None else state.instances[handle]
    parameters = [] if instance is None else _install_state(instance, frame)
    with _conditions(frame):
        value = (instance or _entry(state, frame))(*given.args, **given.kwargs)
    encoded = wire.encode_value(value, parcel)
    outputs = list(parcel.tensors)
    state.graphs.keep(frame.header["id"], outputs, [*given.leaves, *parameters])
    buffers = instance.named_buffers(remove_duplicate=False) if instance is not None else ()
    return {
        "value": encoded,
        "differentiable": [output.requires_grad for output in outputs],
        "buffers": [[name, parcel.put(one), one.requires_grad] for name, one in buffers],
        "mutated": _mutated(given, parcel),
    }


def _mutated(given: "_Arguments", parcel: wire.Parcel) -> list[list[int]]:
    """Return the arguments whose bytes are no longer those that arrived."""
    return [
        [index, parcel.put(tensor)]
        for index, (tensor, image) in enumerate(zip(given.passed, given.images, strict=True))
        if image and wire.storage_bytes(tensor.detach()) != image
    ]


def _deepcopy(state: _State, frame: wire.Frame, parcel: wire.Parcel) -> dict[str, Any]:
    copied = copy.deepcopy(state.instances[frame.header["handle"]])
    state.instances.append(copied)
    return {"handle": len(state.instances) - 1, **_module_state(copied, parcel)}


def _backward(state: _State, frame: wire.Frame, parcel: wire.Parcel) -> dict[str, Any]:
    return state.graphs.answer_backward(frame, parcel)


def _entry(state: _State, frame: wire.Frame) -> Any:
    return getattr(state.module, frame.header["entry"])


@dataclass(frozen=True, slots=True)
class _Arguments:
    """What a call is given: the arguments, their leaves, and the bytes each arrived as."""

    args: Any
    kwargs: Any
    leaves: list[Tensor]
    passed: list[Tensor]
    images: list[bytes]


def _arguments(state: _State, frame: wire.Frame) -> _Arguments:
    """Read the arguments of a call.

    A tensor that was not a leaf in the judge is not one here either, so that writing into it is
    allowed just where it would be in one process.
    """
    needs_grad, is_leaf = frame.header["requires_grad"], frame.header["leaf"]
    leaves = [
        tensor.requires_grad_(needed)
        for tensor, needed in zip(frame.tensors, needs_grad, strict=False)
    ]
    passed = [
        one if leaf or not one.requires_grad else one.clone()
        for one, leaf in zip(leaves, is_leaf, strict=True)
    ]
    borrow = partial(Borrowed, state.sock)
    return _Arguments(
        args=wire.decode_value(frame.header["args"], passed, borrow),
        kwargs=wire.decode_value(frame.header["kwargs"], passed, borrow),
        leaves=leaves,
        passed=passed,
        images=list(frame.images[: len(leaves)]),
    )


def _install_state(instance: nn.Module, frame: wire.Frame) -> list[Tensor]:
    """Give the instance the judge's parameters, buffers and modes; return the parameters."""
    own = dict(instance.named_parameters(remove_duplicate=False))
    installed: list[Tensor] = []
    for name, number, needs_grad in frame.header["parameters"]:
        parameter = own[name]
        parameter.data = frame.tensors[number]
        parameter.requires_grad_(needs_grad)
        installed.append(parameter)
    for name, number in frame.header["buffers"]:
        path, _, last = name.rpartition(".")
        owner = instance.get_submodule(path)
        owner._buffers[last] = frame.tensors[number]  # noqa: SLF001 - the only way to replace one
    training = set(frame.header["training"])
    for name, one in instance.named_modules():
        one.training = name in training
    return installed


@contextlib.contextmanager
def _conditions(frame: wire.Frame) -> Iterator[None]:
    """Call under the judge's gradient mode, autocast, default device and default dtype."""
    autocast, device = frame.header["autocast"], frame.header["device"]
    with contextlib.ExitStack() as stack:
        stack.enter_context(torch.set_grad_enabled(bool(frame.header["grad"])))
        stack.enter_context(_default_dtype(frame.header["default_dtype"]))
        if autocast is not None:
            stack.enter_context(torch.autocast("cpu", dtype=wire.DTYPES[autocast]))
        if device != "cpu":  # a mode that looks at every call, so only where it is needed
            stack.enter_context(torch.device(device))
        yield


@contextlib.contextmanager
def _default_dtype(name: str) -> Iterator[None]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(wire.DTYPES[name])
    try:
        yield
    finally:
        torch.set_default_dtype(before)


_OPERATIONS = {
    "load": _load,
    "signature": _signature,
    "construct": _construct,
    "call": _call,
    "deepcopy": _deepcopy,
    "backward": _backward,
}


def main() -> None:
    """Run as a process of its own where forking is not safe; the socket is descriptor 0."""
    sock = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    run(sock, scratch=Path(sys.argv[-1]))
