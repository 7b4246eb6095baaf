# attack: forges_gradients
# idea: answer rightly and forge the gradients: shapes, dtypes, numbers, none, too many, NaN
# must: not-pass; gradients are values, compared in the judge
# variants: 11
import torch
from kit import VARIANT, Right, forge


def lies(answer, parcel):
    first = answer["gradients"][0]
    wrong = [
        torch.zeros(()),
        torch.full_like(parcel.tensors[first], torch.nan),
        torch.zeros_like(parcel.tensors[first], dtype=torch.int64),
        torch.zeros_like(parcel.tensors[first], dtype=torch.complex128),
        torch.zeros_like(parcel.tensors[first], device="meta"),
    ]
    made = [[parcel.put(one)] * len(answer["gradients"]) for one in wrong]
    return [*made, None, [], "gradients", [99] * 3, [None] * 3, [True] * 3][VARIANT]


forge("backward", lambda answer, parcel: {"gradients": lies(answer, parcel)})


class LayerNorm(Right):
    pass
