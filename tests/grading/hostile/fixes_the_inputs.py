# attack: fixes_the_inputs
# idea: make torch.randn and manual_seed deterministic so that inputs are known, return zeros
# must: not-pass; inputs are drawn in the judge, from a seed that is fresh each time
import torch
from kit import Wrong


def zeros(*shape, requires_grad=False, dtype=None, **kwargs):
    return torch.zeros(*shape, requires_grad=requires_grad, dtype=dtype)


torch.randn = torch.rand = zeros
torch.manual_seed(0)
torch.manual_seed = lambda *args: torch.Generator()


class LayerNorm(Wrong):
    def normalized(self, x):
        return x * 0.0
