# attack: forges_exceptions
# idea: raise what the judge, pytest or the suite might take for something else than a failure
# must: not-pass; whatever a submission raises is a failed call of an ordinary exception
# variants: 2
import asyncio
import sys

import pytest
from forgery import one_after_another
from kit import VARIANT, Wrong

TEXT = "\x1b[2J\x1b]0;owned\x07\ud800" + "long " * 100_000
ODD = [
    StopIteration("over"),
    StopAsyncIteration("over"),
    GeneratorExit("over"),
    KeyboardInterrupt("stop"),
    SystemExit(0),
    MemoryError("none"),
    RecursionError("deep"),
    asyncio.CancelledError("later"),
    pytest.skip.Exception("not here"),
    pytest.xfail.Exception("expected"),
    sys.modules["interview.grading.remote"].SandboxLost("judged"),
    type("CheckFailed", (AssertionError,), {"evidence": None})("fine"),
    type("\x1b[31m" * 99, (Exception,), {})(TEXT),
    BaseExceptionGroup("many", [KeyboardInterrupt(TEXT)]),
]
next_one = one_after_another(ODD, first=VARIANT * 7)


class LayerNorm(Wrong):
    def forward(self, x):
        odd = next_one()
        if odd is None:
            return super().forward(x)
        raise odd
