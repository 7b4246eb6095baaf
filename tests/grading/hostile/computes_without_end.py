# attack: computes_without_end
# idea: burn the processor in tensor operations, in a number's power, and in the forward of backward
# must: not-pass; the clock is another process's
# variants: 3
# limit: 0.5
import torch
from kit import VARIANT, Right


class Endless(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 1.0

    @staticmethod
    def backward(ctx, gradient):
        while True:
            gradient = gradient * 1.0


def burn(x):
    while True:
        x = torch.linalg.qr(torch.ones(400, 400))


class LayerNorm(Right):
    def forward(self, x):
        if VARIANT == 2:
            return Endless.apply(super().forward(x))
        return (burn, lambda x: 3 ** (7**9))[VARIANT](x)
