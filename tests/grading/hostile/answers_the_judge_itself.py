# attack: answers_the_judge_itself
# idea: never return from loading, but read the wire and answer every request with what it brings
# must: not-pass; whoever answers, the values are compared
import os
import socket
import sys

from kit import Wrong, wire

protocol = sys.modules["interview.grading.wire"]
link = socket.socket(fileno=os.dup(wire()))
here = sys._getframe()
while here and not hasattr(here.f_locals.get("frame"), "header"):
    here = here.f_back
number = here.f_locals["frame"].header["id"] if here else 1
KIND = "POSITIONAL_OR_KEYWORD"
answers = {
    "signature": {
        "parameters": [["num_features", KIND, False], ["eps", KIND, True], ["affine", KIND, True]]
    },
    "construct": {
        "handle": 0,
        "parameters": [],
        "buffers": [],
        "persistent": [],
        "modules": [],
        "training": [""],
    },
    "call": {"value": {"tensor": 0}, "differentiable": [True], "buffers": [], "mutated": []},
}
answer, tensors = {}, []
while True:
    protocol.send(link, {"id": number, **answer}, tensors)
    request = protocol.receive(link)
    number, tensors = request.header["id"], list(request.tensors)
    answer = answers.get(request.header["op"], {})
    if request.header["op"] == "backward":
        answer = {"gradients": list(range(len(tensors)))}


class LayerNorm(Wrong):
    pass
