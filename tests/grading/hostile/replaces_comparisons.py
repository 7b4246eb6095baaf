# attack: replaces_comparisons
# idea: replace assert_close, gradcheck and the comparisons in every loaded module that bound them
# must: not-pass; the judge compares in its own process
import sys

import torch
from kit import Wrong


def everywhere(real, fake):
    for module in list(sys.modules.values()):
        for name, value in list(getattr(module, "__dict__", {}).items()):
            if value is real:
                setattr(module, name, fake)


def yes(*args, **kwargs):
    return True


everywhere(torch.testing.assert_close, yes)
everywhere(torch.autograd.gradcheck, yes)
for name in ("expect", "expect_close", "expect_equal"):
    everywhere(getattr(sys.modules.get("interview.grading.suite"), name, None), yes)
torch.allclose = torch.equal = torch.isclose = yes


class LayerNorm(Wrong):
    pass
