"""Frames between judge and sandbox: bounded JSON beside raw tensor bytes, never pickle.

A frame is two little-endian uint32 lengths, a JSON header and a payload. The header's tensors
point into the payload by order; each travels as the slice of storage it spans, with its strides,
so that a transposed input arrives transposed.
"""

import ctypes
import json
import math
import socket
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from interview.grading.link import Link

MAX_HEADER = 1 << 20
MAX_PAYLOAD = 64 << 20
MAX_DIMENSIONS = 16
_LENGTHS = struct.Struct("<II")
_OFFSETS = 64  # a storage offset crosses up to multiples of this, which no alignment is above


def dtype_name(dtype: torch.dtype) -> str:
    """Return `float32` and the like, as candidates write it after `torch.`."""
    return str(dtype).removeprefix("torch.")


DTYPES: dict[str, torch.dtype] = {
    dtype_name(dtype): dtype
    for dtype in (
        torch.float64,
        torch.float32,
        torch.bfloat16,
        torch.float16,
        torch.int64,
        torch.int32,
        torch.int16,
        torch.int8,
        torch.uint8,
        torch.bool,
        torch.complex64,
        torch.complex128,
    )
}
_NAMES = {dtype: name for name, dtype in DTYPES.items()}


class WireError(Exception):
    """The other side sent something that is not a frame of this protocol."""


class WireClosed(Exception):
    """The other side is gone."""


class WireTimeout(Exception):
    """Nothing complete arrived before the deadline."""


@dataclass(slots=True)
class Parcel:
    """A header under construction: plain values, and the tensors that they refer to.

    `lend` gives a function the number by which the other side may call it; without it functions
    do not cross.
    """

    tensors: list[Tensor] = field(default_factory=list)
    lend: Callable[[Callable[..., Any]], int] | None = None

    def put(self, tensor: Tensor) -> int:
        """Add a tensor; return its number."""
        self.tensors.append(tensor)
        return len(self.tensors) - 1


def encode_value(value: object, parcel: Parcel) -> Any:
    """Turn nested plain values and tensors into JSON that refers to the parcel's tensors.

    Raises:
        TypeError: for anything but None, bool, int, float, str, list, tuple, dict, dtype and
            Tensor, and functions where the parcel lends them.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Tensor):
        return {"tensor": parcel.put(value)}
    if isinstance(value, int | float):
        return value
    if isinstance(value, torch.dtype):
        return {"dtype": _NAMES[value]}
    if isinstance(value, list):
        return {"list": [encode_value(item, parcel) for item in value]}
    if isinstance(value, tuple):
        return {"tuple": [encode_value(item, parcel) for item in value]}
    if isinstance(value, dict):
        pairs = value.items()
        return {"dict": [[encode_value(k, parcel), encode_value(v, parcel)] for k, v in pairs]}
    if parcel.lend and callable(value):
        return {"callable": parcel.lend(value)}
    raise TypeError(f"a {type(value).__name__} cannot cross between the processes")


def decode_value(
    data: object, tensors: Sequence[Tensor], borrow: Callable[[int], Any] | None = None
) -> Any:
    """Undo `encode_value`; `borrow` turns the number of a lent function into what calls it.

    Raises:
        WireError: where the data is not what `encode_value` makes.
    """
    if data is None or isinstance(data, bool | int | float | str):
        return data
    if not isinstance(data, dict) or len(data) != 1:
        raise WireError("a value is malformed")
    ((tag, body),) = data.items()
    if tag == "tensor" and isinstance(body, int) and 0 <= body < len(tensors):
        return tensors[body]
    if tag == "dtype" and body in DTYPES:
        return DTYPES[body]
    if tag in {"list", "tuple"} and isinstance(body, list):
        items = [decode_value(item, tensors, borrow) for item in body]
        return items if tag == "list" else tuple(items)
    if tag == "dict" and isinstance(body, list):
        return {_key(k, tensors): decode_value(v, tensors, borrow) for k, v in body}
    if tag == "callable" and borrow and isinstance(body, int):
        return borrow(body)
    raise WireError("a value is malformed")


def _key(data: object, tensors: Sequence[Tensor]) -> Any:
    key = decode_value(data, tensors)
    try:
        hash(key)
    except TypeError as error:
        raise WireError("a key is malformed") from error
    return key


def send(sock: socket.socket, header: dict[str, Any], tensors: Sequence[Tensor] = ()) -> None:
    """Write one frame.

    Raises:
        WireClosed: where the other side is gone.
        WireError: where the frame would be over its bounds.
    """
    described, chunks = [], []
    for tensor in tensors:
        spec, data = _describe(tensor)
        described.append(spec)
        chunks.append(data)
    head = json.dumps({**header, "tensors": described}).encode()
    payload = b"".join(chunks)
    if len(head) > MAX_HEADER or len(payload) > MAX_PAYLOAD:
        raise WireError("a message is too large")
    try:
        sock.sendall(_LENGTHS.pack(len(head), len(payload)) + head + payload)
    except TimeoutError as error:
        raise WireTimeout from error
    except OSError as error:
        raise WireClosed from error


@dataclass(frozen=True, slots=True)
class Frame:
    """One message received: its header, its tensors, and the bytes each arrived as."""

    header: dict[str, Any]
    tensors: tuple[Tensor, ...]
    images: tuple[bytes, ...]


def receive(sock: socket.socket, deadline: float | None = None) -> Frame:
    """Read one frame; `deadline` is a `time.monotonic()` instant for all of it.

    Raises:
        WireClosed: at the end of the stream.
        WireTimeout: where the frame is not complete in time.
        WireError: where it is malformed or over its bounds.
    """
    head_size, payload_size = _LENGTHS.unpack(_read(sock, _LENGTHS.size, deadline))
    if head_size > MAX_HEADER or payload_size > MAX_PAYLOAD:
        raise WireError("a message is too large")
    head = _read(sock, head_size, deadline)
    payload = _read(sock, payload_size, deadline)
    try:
        header = json.loads(head)
    except (ValueError, RecursionError) as error:
        raise WireError("a header is not JSON") from error
    if not isinstance(header, dict) or not isinstance(header.get("tensors"), list):
        raise WireError("a header is malformed")
    tensors, images, position = [], [], 0
    for spec in header["tensors"]:
        tensor, image = _restore(spec, payload, position)
        position += len(image)
        tensors.append(tensor)
        images.append(image)
    return Frame(header, tuple(tensors), tuple(images))


def storage_bytes(tensor: Tensor) -> bytes:
    """Return the bytes of the storage slice that a strided tensor spans."""
    count = _span(tensor.shape, tensor.stride()) * tensor.element_size()
    return ctypes.string_at(tensor.data_ptr(), count) if count else b""


def _describe(tensor: Tensor) -> tuple[dict[str, Any], bytes]:
    plain = tensor.detach()
    if plain.dtype not in _NAMES:
        raise WireError(f"a tensor of dtype {plain.dtype} cannot cross between the processes")
    if plain.layout is not torch.strided or plain.device.type not in {"cpu", "meta"}:
        plain = plain.to_dense() if plain.layout is not torch.strided else plain.cpu()
    if plain.is_conj() or plain.is_neg():
        plain = plain.resolve_conj().resolve_neg()
    spec = {
        "dtype": _NAMES[plain.dtype],
        "size": list(plain.shape),
        "stride": list(plain.stride()),
        "offset": plain.storage_offset() % _OFFSETS,
        "device": plain.device.type,
    }
    return spec, b"" if plain.device.type == "meta" else storage_bytes(plain)


def _restore(spec: object, payload: bytes, position: int) -> tuple[Tensor, bytes]:
    if not isinstance(spec, dict):
        raise WireError("a tensor is malformed")
    dtype = DTYPES.get(str(spec.get("dtype")))
    size, stride = _whole_numbers(spec.get("size")), _whole_numbers(spec.get("stride"))
    if dtype is None or len(size) != len(stride):
        raise WireError("a tensor is malformed")
    if math.prod(size) * dtype.itemsize > MAX_PAYLOAD:
        raise WireError("a tensor is too large")
    if spec.get("device") == "meta":
        return torch.empty_strided(size, stride, dtype=dtype, device="meta"), b""
    (offset,) = _whole_numbers([spec.get("offset", 0)])
    span = _span(size, stride)
    image = payload[position : position + span * dtype.itemsize]
    if len(image) != span * dtype.itemsize:
        raise WireError("a tensor's bytes are missing")
    if not span:
        return torch.empty(size, dtype=dtype), image
    if dtype is torch.bool:
        # Any other byte than 0 and 1 in a bool tensor is undefined behaviour.
        image = bytes(1 if byte else 0 for byte in image)
    if offset >= _OFFSETS:
        raise WireError("a tensor is malformed")
    storage = torch.frombuffer(bytearray(offset * dtype.itemsize) + image, dtype=dtype)
    # `set_` and not `as_strided`: a view could not be written into where a plain tensor can.
    restored = torch.empty(0, dtype=dtype)
    return restored.set_(storage.untyped_storage(), offset, size, stride), image


def _whole_numbers(data: object) -> list[int]:
    if not isinstance(data, list) or len(data) > MAX_DIMENSIONS:
        raise WireError("a tensor is malformed")
    if not all(isinstance(n, int) and not isinstance(n, bool) and 0 <= n < 2**40 for n in data):
        raise WireError("a tensor is malformed")
    return data


def _span(size: Sequence[int], stride: Sequence[int]) -> int:
    """Return how many elements of storage lie between a tensor's first and last, inclusive."""
    if 0 in size:
        return 0
    return 1 + sum((n - 1) * step for n, step in zip(size, stride, strict=True))


def _read(sock: socket.socket, count: int, deadline: float | None) -> bytes:
    """Return the next `count` bytes; a link may take more off the socket, and keeps it."""
    received = sock.ahead if isinstance(sock, Link) else bytearray()
    while len(received) < count:
        missing = min(count - len(received), 1 << 20)
        try:
            if deadline is not None:
                sock.settimeout(max(deadline - time.monotonic(), 1e-6))
            chunk = sock.recv(max(missing, 1 << 16) if isinstance(sock, Link) else missing)
        except TimeoutError as error:
            raise WireTimeout from error
        except OSError as error:
            raise WireClosed from error
        if not chunk:
            raise WireClosed
        received += chunk
    wanted = bytes(received[:count])
    del received[:count]
    return wanted
