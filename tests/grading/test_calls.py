"""Which forbidden calls are read off a submission's text."""

import ast

import pytest

from interview.grading.calls import forbidden_calls

FORBIDS = ("torch.nn.LayerNorm", "torch.nn.functional.layer_norm", "torch.native_layer_norm")


@pytest.mark.parametrize(
    "source",
    [
        "import torch\ny = torch.nn.functional.layer_norm(x, (8,))",
        "import torch.nn.functional as F\ny = F.layer_norm(x, (8,))",
        "from torch.nn import functional\ny = functional.layer_norm(x, (8,))",
        "from torch.nn.functional import layer_norm as ln\ny = ln(x, (8,))",
        "from torch import nn\nclass LayerNorm(nn.LayerNorm): pass",
        "from torch.nn import LayerNorm as Base\nclass LayerNorm(Base): pass",
        "import torch\ny = torch.ops.aten.native_layer_norm(x, (8,), None, None, 1e-5)",
        "import torch\ny = getattr(torch.nn.functional, 'layer_norm')(x, (8,))",
        "from torch import nn\nmake = nn\ny = make.LayerNorm(8)(x)",
        "from torch import nn\nf = nn.functional\ny = f.layer_norm(x, (8,))",
        "from torch.nn.modules.normalization import LayerNorm\ny = LayerNorm(8)",
    ],
)
def test_a_forbidden_call_is_found(source: str) -> None:
    """Whatever name it goes by, the call is found, and on its line."""
    found = forbidden_calls(ast.parse(source), FORBIDS)
    assert found
    assert 1 <= found[0].line <= source.count("\n") + 1


@pytest.mark.parametrize(
    "source",
    [
        "from torch.nn.functional import *\ny = layer_norm(x, (8,))",
        "from torch import nn\nf = getattr(nn.functional, 'layer' + '_norm')",
        "from torch import nn\nf = nn.functional.__dict__['layer_norm']",
        "from torch import nn\nf = vars(nn.functional)['layer_norm']",
        "import torch\nf = eval('torch.layer_norm')",
        "exec('import torch as t; f = t.layer_norm')",
        "import importlib\nF = importlib.import_module('torch.nn.functional')",
        "F = __import__('torch.nn.functional')",
        "import torch\nf = torch.ops.aten.layer_norm",
        "import torch\nf = torch.jit.CompilationUnit('def f(x): return x')",
        "import torch\nf = torch._C._nn",
        "from operator import attrgetter\nf = attrgetter('nn.func' + 'tional')",
        "import sys\nF = sys.modules['torch.nn.functional']",
        "import torch\nf = torch._refs.native_layer_norm",
    ],
)
def test_a_call_in_disguise_is_found(source: str) -> None:
    """What hides the name of the function that it calls breaks the same rule."""
    assert forbidden_calls(ast.parse(source), FORBIDS)


@pytest.mark.parametrize(
    "source",
    [
        "from torch import nn\nclass LayerNorm(nn.Module): pass",
        "class A:\n    def f(self): return getattr(self, 'weight', None)",
        "import torch, math\ny = torch.rsqrt(x) * math.sqrt(2)",
        "from dataclasses import dataclass\nimport typing",
        "class layer_norm: pass\ny = layer_norm()",
        "import torch\ny = torch.nn.Linear(8, 8)",
        "'''uses torch.nn.LayerNorm'''\nimport torch",
        "import mine\ny = mine.layer_norm(x)",
    ],
)
def test_an_innocent_file_is_left_alone(source: str) -> None:
    """One's own class of that name, a comment, another library: no rule is broken."""
    assert forbidden_calls(ast.parse(source), FORBIDS) == []
