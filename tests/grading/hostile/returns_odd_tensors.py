# attack: returns_odd_tensors
# idea: return tensors of the right values or shape in odd dtypes, layouts and on odd devices
# must: not-pass; what cannot cross is refused, what can is compared
# variants: 8
import torch
from kit import VARIANT, Right

CHANGES = [
    lambda y: y.detach(),
    lambda y: y.to("meta"),
    lambda y: y.to_sparse(),
    lambda y: torch.complex(y.double(), y.double()),
    lambda y: y > 0,
    lambda y: y.reshape(*[1] * 20, *y.shape),
    lambda y: torch.quantize_per_tensor(y.float(), 0.1, 0, torch.qint8),
    lambda y: torch.nested.nested_tensor(list(y)),
]


class LayerNorm(Right):
    def forward(self, x):
        return CHANGES[VARIANT](super().forward(x))
