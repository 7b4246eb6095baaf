# attack: forges_modules
# idea: lie about a module's handle, parameters, buffers, submodules and modes
# must: not-pass; each lie is a breach of the protocol or a wrong answer, never the judge's crash
# variants: 7
import torch
from forgery import forge
from kit import VARIANT, Wrong

LIES = [
    {"parameters": [["forward", 0, True]]},
    {"parameters": [[f"p{n}", 0, False] for n in range(40_000)]},
    {"parameters": [["weight", 0, False], ["bias", 0, False]], "buffers": [["twin", 0]]},
    {"modules": ["m" + ".m" * depth for depth in range(300)]},
    {"modules": ["forward", "parameters", 7]},
    {"modules": ["", "\x1b[31m"], "parameters": [["\x1b[31m.\x07\ud800", 0, False]]},
    {"training": [[], {}], "persistent": 2},
]


def lie(answer, parcel):
    parcel.put(torch.ones(3, dtype=torch.int64))
    return {**answer, **LIES[VARIANT]}


forge("construct", lie)


class LayerNorm(Wrong):
    pass
