# attack: computes_without_end
# idea: burn the processor in tensor operations, in forward and in backward
# must: not-pass; the clock is another process's
# variants: 2
# limit: 0.3
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
        return burn(x) if VARIANT else Endless.apply(super().forward(x))
