# attack: forges_modules
# idea: lie about a module's handle, parameters, buffers, submodules and modes
# must: not-pass; each lie is a breach of the protocol or a wrong answer, never the judge's crash
# variants: 19
import torch
from kit import VARIANT, Wrong, forge

DEEP = [["m" + ".m" * depth, "M"] for depth in range(600)]
LIES = [
    {"handle": "x"},
    {"handle": 10**30},
    {"handle": -1},
    {"parameters": None},
    {"parameters": [["forward", 0, True]]},
    {"parameters": [["", 0, True]]},
    {"parameters": [["_connection", 0, True], ["_handle", 0, True]]},
    {"parameters": [["__class__", 0, True], ["__dict__", 0, True]]},
    {"parameters": [["no.such.module", 0, True]]},
    {"parameters": [["weight", 99, True]]},
    {"parameters": [["whole_numbers", -1, True]]},
    {"parameters": [[f"p{n}", 0, True] for n in range(40_000)]},
    {"buffers": [["weight", 0], ["bias", 0]]},
    {"buffers": [["training", 0]]},
    {"modules": DEEP},
    {"modules": [["forward", "M"], ["parameters", "M"]]},
    {"modules": [["\x1b[31m", "\ud800" * 50_000]], "parameters": [["\x1b[31m.\x07", 0, True]]},
    {"training": [[], {}]},
    {"training": 1, "persistent": 2},
]


def lie(answer, parcel):
    parcel.put(torch.ones(3, dtype=torch.int64))
    return {**answer, **LIES[VARIANT]}


forge("construct", lie)


class LayerNorm(Wrong):
    pass
