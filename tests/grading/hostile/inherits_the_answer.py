# attack: inherits_the_answer
# idea: take the ready-made layer out of another module that holds one, or subclass its hidden class
# must: flag; a ready-made layer is forbidden wherever it is found
# variants: 3
import copy

from kit import VARIANT, Right
from torch import nn

ready = nn.TransformerEncoderLayer(4, 1).norm1


class Hidden(type(ready)):
    pass


class LayerNorm(Right):
    def normalized(self, x):
        made = [
            lambda: copy.copy(ready),
            lambda: Hidden(self.width, self.eps, elementwise_affine=False),
            lambda: type(ready)(self.width, self.eps, elementwise_affine=False),
        ][VARIANT]()
        made.normalized_shape, made.eps, made.weight, made.bias = (self.width,), self.eps, None, None
        return made(x)
