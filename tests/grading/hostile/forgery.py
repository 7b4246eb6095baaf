"""Changing what the sandbox answers: for attacks that are not about the rules of an exercise."""

import itertools
import sys

_sandbox = sys.modules["interview.grading.sandbox"]


def forge(operation, change):
    """Answer the judge's `operation` truly, but for what `change(answer, parcel)` makes of it."""
    honest = _sandbox._OPERATIONS[operation]

    def forged(state, request, parcel):
        answer = honest(state, request, parcel)
        return change(answer, parcel) or answer

    _sandbox._OPERATIONS[operation] = forged


def one_after_another(things, *, first, honest=2):
    """Return a function that gives None a few times, then each thing in turn from the `first`."""
    rotated = [*things[first:], *things[:first]]
    given = itertools.chain([None] * honest, itertools.cycle(rotated))
    return lambda: next(given)
