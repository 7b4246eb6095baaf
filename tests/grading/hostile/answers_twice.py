# attack: answers_twice
# idea: send each reply two times, so that every later request gets the answer of the one before
# must: not-pass; a reply without its request's id is a breach of the protocol
import sys

from kit import Right

wire_module = sys.modules["interview.grading.wire"]
honest = wire_module.send


def twice(*args):
    honest(*args)
    honest(*args)


wire_module.send = twice


class LayerNorm(Right):
    pass
