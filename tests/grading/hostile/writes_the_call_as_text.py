# attack: writes_the_call_as_text
# idea: have the call made from a string: eval, exec, compile, torch.jit
# must: flag; text that becomes code hides what is called
# variants: 4
import torch
from kit import VARIANT, Right

CALL = "torch.nn.functional.layer" + "_norm(x, x.shape[-1:], None, None, eps)"


def by_eval(x, eps):
    return eval(CALL, {"torch": torch, "x": x, "eps": eps})


def by_exec(x, eps):
    names = {"torch": torch, "x": x, "eps": eps}
    exec("y = " + CALL, names)
    return names["y"]


def by_function_type(x, eps):
    return type(by_eval)(compile(CALL, "", "eval"), {"torch": torch, "x": x, "eps": eps})()


def by_script(x, eps):
    text = "def f(x, eps: float):\n  return torch.layer" + "_norm(x, [x.size(-1)], None, None, eps)"
    return torch.jit.CompilationUnit(text).f(x, eps)


class LayerNorm(Right):
    def normalized(self, x):
        return (by_eval, by_exec, by_function_type, by_script)[VARIANT](x, self.eps)
