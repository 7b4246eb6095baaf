# attack: inherits_the_answer
# idea: take the ready-made layer out of another module that holds one, or subclass its hidden class
# must: flag; a ready-made layer is forbidden wherever it is found
from kit import Right
from torch import nn

ready = nn.TransformerEncoderLayer(4, 1).norm1


class LayerNorm(Right):
    def normalized(self, x):
        made = make(self.width)
        made.normalized_shape, made.eps = (self.width,), self.eps
        made.weight, made.bias = None, None
        return made(x)


# %% the layer itself
def make(width):
    return ready


# %% a subclass
class Hidden(type(ready)):
    pass


def make(width):
    return Hidden(width, elementwise_affine=False)
