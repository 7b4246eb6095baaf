# attack: sends_malformed_frames
# idea: send frames with huge lengths, deep JSON, wrong sizes, non-finite numbers
# must: not-pass; what is no frame of the protocol ends the submission, never the grader
# variants: 4
import os
import struct

from kit import VARIANT, Wrong, frame, wire

TENSOR = {"dtype": "float32", "device": "cpu"}
DEEP = b'{"tensors": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
FRAMES = [
    struct.pack("<II", len(DEEP), 0) + DEEP,
    struct.pack("<II", 0xFFFFFFFF, 0xFFFFFFFF),
    frame({"tensors": [{**TENSOR, "size": [2**39], "stride": [2**39]}]}, bytes(8)),
    frame({"tensors": [{**TENSOR, "size": [2**39] * 16, "stride": [0] * 16, "device": "meta"}]}),
]


class LayerNorm(Wrong):
    def forward(self, x):
        os.write(wire(), FRAMES[VARIANT])
        return super().forward(x)
