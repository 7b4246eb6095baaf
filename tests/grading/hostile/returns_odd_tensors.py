# attack: returns_odd_tensors
# idea: return tensors of the right values or shape in odd dtypes, layouts and on odd devices
# must: not-pass; what cannot cross is refused, what can is compared
# variants: 4
import torch
from forgery import one_after_another
from kit import VARIANT, Right

CHANGES = [
    lambda y: y.to("meta"),
    lambda y: y.to_sparse(),
    lambda y: torch.complex(y.double(), y.double()),
    lambda y: y > 0,
    lambda y: torch.quantize_per_tensor(y.float(), 0.1, 0, torch.qint8),
]
next_one = one_after_another(CHANGES, first=0)


class LayerNorm(Right):
    def forward(self, x):
        y = super().forward(x)
        if VARIANT == 0:
            return (next_one() or torch.clone)(y)
        many = y.reshape(*[1] * 20, *y.shape)
        return [y.detach(), many, torch.nested.nested_tensor(list(y))][VARIANT - 1]
