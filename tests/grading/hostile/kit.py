"""What attacks have in common: layers to attack from, and the places that the test names.

An attack is one file, as a submission is: the test puts this text where it says `from kit import`
and fills in what stands in capitals.
"""

import json
import os
import stat
import struct

import torch
from torch import nn

CANARY = "CANARY_FOLDER"  # somebody else's folder, with secret.txt and victim.txt in it
BANK = "BANK_FOLDER"  # the bank that holds the hidden suite
SLEEP = "SLEEP_SECONDS"  # an argument of `sleep` by which the test knows its processes
SHARED_MEMORY, MESSAGE_QUEUE, QUEUE_NAME = -1, -1, ""  # the same user's, not the submission's
VARIANT = 0
BOUND = 180 << 20  # bytes: no attack takes more of the disk than this


def breach(what):
    """Tell the test that something worked which must not."""
    os.write(1, f"breach: {what}\n".encode(errors="replace"))


class Right(nn.Module):
    def __init__(self, num_features, eps=1e-5, affine=True):
        super().__init__()
        self.width, self.eps = num_features, eps
        self.weight = nn.Parameter(torch.ones(num_features)) if affine else None
        self.bias = nn.Parameter(torch.zeros(num_features)) if affine else None

    def forward(self, x):
        if x.shape[-1] != self.width:
            raise ValueError(x.shape)
        wide = x.to(torch.promote_types(x.dtype, torch.float32))
        return self.scaled(self.normalized(wide)).to(x.dtype)

    def normalized(self, x):
        centred = x - x.mean(-1, keepdim=True)
        return centred * torch.rsqrt(centred.square().mean(-1, keepdim=True) + self.eps)

    def scaled(self, y):
        return y if self.weight is None else y * self.weight + self.bias


class Wrong(Right):
    def normalized(self, x):
        return x * 1.0


def wire():
    """Find the socket over which the judge asks."""
    return next(fd for fd in range(3, 64) if is_socket(fd))


def is_socket(fd):
    try:
        return stat.S_ISSOCK(os.fstat(fd).st_mode)
    except OSError:
        return False


def frame(header, payload=b""):
    head = json.dumps({"tensors": [], **header}).encode()
    return struct.pack("<II", len(head), len(payload)) + head + payload
