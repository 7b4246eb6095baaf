# attack: hangs_up
# idea: close the wire, or one direction of it, and live on
# must: not-pass; a sandbox that hangs up is ended
# variants: 3
# limit: 0.3
import os
import socket
import time

from kit import VARIANT, Wrong, wire


class LayerNorm(Wrong):
    def forward(self, x):
        if VARIANT < 2:
            direction = (socket.SHUT_RD, socket.SHUT_WR)[VARIANT]
            socket.socket(fileno=os.dup(wire())).shutdown(direction)
            return super().forward(x)
        os.close(wire())
        time.sleep(30)
        return None
