"""The frames between judge and sandbox."""

import contextlib
import socket
import struct
import time

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from interview.grading import wire

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=10,
)


def through_the_wire(*tensors: torch.Tensor) -> wire.Frame:
    left, right = socket.socketpair()
    with left, right:
        wire.send(left, {"op": "test"}, tensors)
        return wire.receive(right, time.monotonic() + 5)


@given(VALUES)
def test_plain_values_survive(value: object) -> None:
    """What is encoded is decoded to an equal value."""
    assert wire.decode_value(wire.encode_value(value, wire.Parcel()), ()) == value


@pytest.mark.parametrize("dtype", list(wire.DTYPES.values()))
def test_every_dtype_survives_bit_for_bit(dtype: torch.dtype) -> None:
    """A tensor arrives with its dtype, shape, strides and bits."""
    sent = torch.arange(12).reshape(3, 4).to(dtype).t()
    (got,) = through_the_wire(sent).tensors
    assert got.dtype is dtype
    assert got.stride() == sent.stride()
    assert torch.equal(got, sent)


@pytest.mark.parametrize(
    "tensor",
    [
        torch.zeros(0, 3),
        torch.tensor(1.5),
        torch.arange(6.0)[::2],
        torch.arange(9.0)[3:],
        torch.arange(3.0).expand(4, 3),
        torch.empty(2, 3, device="meta"),
        torch.arange(24.0).reshape(2, 3, 4).permute(2, 0, 1),
    ],
)
def test_odd_layouts_survive(tensor: torch.Tensor) -> None:
    """Empty, scalar, strided, expanded and meta tensors arrive as they were."""
    (got,) = through_the_wire(tensor).tensors
    assert (got.shape, got.stride(), got.device) == (tensor.shape, tensor.stride(), tensor.device)
    assert got.storage_offset() == tensor.storage_offset()
    if tensor.device.type == "cpu":
        assert torch.equal(got, tensor)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_garbage_is_refused_and_never_crashes(data: bytes, framed: bool) -> None:
    """Whatever bytes arrive, reading ends in a frame or one of the wire's own errors."""
    left, right = socket.socketpair()
    with left, right:
        left.sendall(struct.pack("<II", len(data), 0) + data if framed else data)
        left.shutdown(socket.SHUT_WR)
        with contextlib.suppress(wire.WireError, wire.WireClosed):
            wire.receive(right, time.monotonic() + 5)


@pytest.mark.parametrize(
    "header",
    [
        b'{"tensors": [{"dtype": "float32", "size": [1000000000], "stride": [1]}]}',
        b'{"tensors": [{"dtype": "float32", "size": [-1], "stride": [1]}]}',
        b'{"tensors": [{"dtype": "object", "size": [1], "stride": [1]}]}',
        b'{"tensors": 3}',
        b"[" * 100_000,
        b'{"tensors": [{"dtype": "float32", "size": [true], "stride": [1]}]}',
    ],
)
def test_a_lying_header_is_refused(header: bytes) -> None:
    """Sizes without bytes, negative sizes, unknown dtypes and deep nesting are protocol errors."""
    left, right = socket.socketpair()
    with left, right:
        left.sendall(struct.pack("<II", len(header), 0) + header)
        with pytest.raises(wire.WireError):
            wire.receive(right, time.monotonic() + 5)


def test_a_frame_over_its_bounds_is_refused_unread() -> None:
    """A length over the limit is refused before its bytes are waited for."""
    left, right = socket.socketpair()
    with left, right:
        left.sendall(struct.pack("<II", 2**31, 2**31))
        with pytest.raises(wire.WireError):
            wire.receive(right, time.monotonic() + 5)


def test_a_slow_drip_meets_the_deadline() -> None:
    """The deadline is for the whole frame, not for each byte."""
    left, right = socket.socketpair()
    with left, right:
        left.sendall(struct.pack("<II", 100, 0) + b"x")
        with pytest.raises(wire.WireTimeout):
            wire.receive(right, time.monotonic() + 0.05)
