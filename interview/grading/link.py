"""A socket that is read ahead, so that most frames take one system call and not three."""

import socket


class Link(socket.socket):
    """One end of the wire. `ahead` holds what was received and not yet asked for."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(fileno=sock.detach())
        self.ahead = bytearray()
