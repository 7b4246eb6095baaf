# attack: answers_ahead
# idea: send the replies to the next hundred requests before they are asked, all of them empty
# must: not-pass; an early reply is judged as any other, by its value
import os

from kit import Wrong, frame, wire


class LayerNorm(Wrong):
    def forward(self, x):
        for number in range(100):
            empty = {"value": None, "differentiable": [], "buffers": [], "mutated": []}
            os.write(wire(), frame({"id": number, **empty}))
        return super().forward(x)
