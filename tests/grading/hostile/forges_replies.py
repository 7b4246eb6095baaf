# attack: forges_replies
# idea: lie about a call's outputs, buffers and mutated arguments in every way the fields allow
# must: not-pass; each lie is a breach of the protocol or a wrong answer, never the judge's crash
# variants: 6
import torch
from forgery import forge, one_after_another
from kit import VARIANT, Wrong

DEEP = {"tensor": 0}
for _ in range(300):
    DEEP = {"list": [DEEP]}
TEXT = "\x1b[31m\ud800\x00" + "long " * 10_000
LIES = [
    {"differentiable": 7},
    {"differentiable": "yes"},
    {"differentiable": [True] * 50},
    {"differentiable": [[]]},
    {"differentiable": []},
    {"value": None},
    {"value": 10**400},
    {"value": TEXT},
    {"value": DEEP},
    {"value": {"tensor": 99}},
    {"value": {"dict": [[TEXT, 1], 3]}},
    {"value": {"tuple": [{"tensor": 0}, {"tensor": 0}]}},
    {"buffers": [["no.such.module", 0]]},
    {"buffers": [["weight", 0], ["training", 0]]},
    {"buffers": 3},
    {"mutated": [[99, 0]]},
    {"mutated": [[0, 99]]},
    {"mutated": "all"},
    {"mutated": [[0, 0]] * 60_000},
    {"raised": {"types": [], "message": TEXT, "line": -(10**50)}},
    {"raised": {"types": [TEXT, 7, "OSError"], "line": True}},
    {"raised": 5},
]
next_lie = one_after_another(LIES, first=VARIANT * 4)


def lie(answer, parcel):
    parcel.put(torch.zeros(()))
    return {**answer, **(next_lie() or {})}


forge("call", lie)


class LayerNorm(Wrong):
    pass
