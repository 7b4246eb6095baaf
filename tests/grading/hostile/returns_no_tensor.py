# attack: returns_no_tensor
# idea: return what is no tensor but claims to be one, or equals everything
# must: not-pass; only plain values and plain tensors cross
# variants: 3
import torch
from forgery import one_after_another
from kit import VARIANT, Wrong


class Liar:
    __class__ = torch.Tensor
    shape, dtype = torch.Size([2, 3, 8]), torch.float32

    def __eq__(self, other):
        return True

    def __getattr__(self, name):
        return lambda *args, **kwargs: self


class Text(str):
    def __str__(self):
        return "\ud800"


class Number(int):
    def __repr__(self):
        return '{"id": 1}'


cycle = []
cycle.append(cycle)
deep = []
for _ in range(5_000):
    deep = [deep]
VALUES = [Text("x"), Number(3), cycle, deep, {"tensor": 0}, float("nan"), torch.Size([2])]
next_one = one_after_another(VALUES, first=0)


class LayerNorm(Wrong):
    def forward(self, x):
        if VARIANT:
            return [None, Liar(), 10**5000][VARIANT]  # what ends the sandbox
        value = next_one()
        return super().forward(x) if value is None else value
