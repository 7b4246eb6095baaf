# attack: expands_an_output
# idea: return a few bytes that unpack to a gigabyte, by stride 0, in the first product
# must: not-pass; what the judge unpacks is bounded, not only what it receives
from kit import Right


class LayerNorm(Right):
    def forward(self, x):
        y = super().forward(x)
        return y.expand(1 << 23, *y.shape) if x.requires_grad else y
