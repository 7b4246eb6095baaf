# attack: forges_gradients
# idea: answer rightly and forge the gradients: shapes, dtypes, numbers, none, too many, NaN
# must: not-pass; gradients are values, compared in the judge
# variants: 6
import torch
from forgery import forge
from kit import VARIANT, Right


def changed(gradient):
    return [
        torch.zeros(()),
        torch.full_like(gradient, torch.nan),
        torch.zeros_like(gradient, dtype=torch.int64),
        torch.zeros_like(gradient, dtype=torch.complex128),
        torch.zeros_like(gradient, device="meta"),
    ][VARIANT]


def lie(answer, parcel):
    numbers = answer["gradients"]
    if VARIANT == 5:
        return {"gradients": [99] * len(numbers)}
    return {"gradients": [parcel.put(changed(parcel.tensors[one])) for one in numbers]}


forge("backward", lie)


class LayerNorm(Right):
    pass
