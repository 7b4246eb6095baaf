# attack: swaps_modules
# idea: replace torch.testing, pytest and the grader's modules in sys.modules, and AssertionError
# must: not-pass; the judge has its own modules
import builtins
import sys
import types

import torch
from kit import Wrong


class Quiet(types.ModuleType):
    def __getattr__(self, name):
        return lambda *args, **kwargs: True


for name in ("testing", "suite", "suite_run", "judge", "remote", "report"):
    sys.modules[f"interview.grading.{name}"] = Quiet(name)
for name in ("torch.testing", "pytest", "_pytest.outcomes"):
    sys.modules[name] = Quiet(name)
torch.testing = sys.modules["torch.testing"]
builtins.AssertionError = type("AssertionError", (BaseException,), {})


class LayerNorm(Wrong):
    pass
