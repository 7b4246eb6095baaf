# attack: stops_within_a_frame
# idea: announce a megabyte and drip it byte by byte
# must: not-pass; the deadline is for the whole frame
# limit: 0.3
import os
import struct
import time

from kit import Wrong, wire


class LayerNorm(Wrong):
    def forward(self, x):
        os.write(wire(), struct.pack("<II", 1 << 20, 0))
        while True:
            os.write(wire(), b" ")
            time.sleep(0.01)
