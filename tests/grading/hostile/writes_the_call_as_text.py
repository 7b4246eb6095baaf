# attack: writes_the_call_as_text
# idea: have the call made from a string: eval, exec, compile, torch.jit
# must: flag; text that becomes code hides what is called
import torch
from kit import Right

CALL = "torch.nn.functional.layer" + "_norm(x, x.shape[-1:], None, None, eps)"


class LayerNorm(Right):
    def normalized(self, x):
        return way(x, self.eps)


# %% by eval
def by_eval(x, eps):
    return eval(CALL, {"torch": torch, "x": x, "eps": eps})


way = by_eval


# %% by the type of functions
def by_function_type(x, eps):
    names = {"torch": torch, "x": x, "eps": eps}
    return type(by_function_type)(compile(CALL, "", "eval"), names)()


way = by_function_type


# %% by TorchScript
def by_script(x, eps):
    text = "def f(x, eps: float):\n  return torch.layer" + "_norm(x, [x.size(-1)], None, None, eps)"
    return torch.jit.CompilationUnit(text).f(x, eps)


way = by_script
