# attack: sends_over_the_network
# idea: send a UDP datagram to, and connect by TCP with, 127.0.0.1:45999
# must: survive; there is no network
import contextlib
import socket

from kit import Right

PLACE = ("127.0.0.1", 45999)
with contextlib.suppress(OSError):
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"leak", PLACE)
with contextlib.suppress(OSError):
    socket.create_connection(PLACE, timeout=1).sendall(b"leak")


class LayerNorm(Right):
    pass
