# attack: forces_session_counts
# idea: find the pytest Session with gc and force its count of failures to 0
# must: not-pass; there is no session in the sandbox
import gc

import _pytest.main
from kit import Wrong

_pytest.main.Session.testsfailed = property(lambda self: 0, lambda self, value: None)
for one in gc.get_objects():
    if type(one).__name__ == "Session":
        one.__dict__.pop("testsfailed", None)


class LayerNorm(Wrong):
    pass
