# attack: answers_with_wrong_ids
# idea: answer every call itself, with ids of other calls, huge ids, ids of other types
# must: not-pass; a reply without its request's id is a breach of the protocol
# variants: 2
import os

from kit import VARIANT, Wrong, frame, wire

IDS = (10**300, [1])


class LayerNorm(Wrong):
    def forward(self, x):
        os.write(wire(), frame({"id": IDS[VARIANT], "value": None, "differentiable": []}))
        return super().forward(x)
