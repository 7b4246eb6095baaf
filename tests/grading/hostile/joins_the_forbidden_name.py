# attack: joins_the_forbidden_name
# idea: F.layer_norm under a name that the text does not show
# must: flag; a name that the text hides breaks the rule
from kit import Right
from torch import nn

f = getattr(nn.functional, "".join(["layer", "_", "norm"]))


class LayerNorm(Right):
    def normalized(self, x):
        return f(x, (self.width,), eps=self.eps)
