# attack: answers_with_wrong_ids
# idea: answer every call itself, with the id of no call
# must: not-pass; a reply without its request's id is a breach of the protocol
import os

from kit import Wrong, frame, wire


class LayerNorm(Wrong):
    def forward(self, x):
        os.write(wire(), frame({"id": 10**300, "value": None, "differentiable": []}))
        return super().forward(x)
