# attack: plants_code_for_later
# idea: leave code where the next Python, pytest or grader would run it
# must: survive; no place from which code is loaded can be written
import contextlib
import os
import site
import sys
import sysconfig

from kit import BANK, Right, breach

suite = f"{BANK}/questions/normalization/layer-norm"
grader = os.path.dirname(sys.modules["interview.grading.wire"].__file__)
torch_folder = os.path.dirname(sys.modules["torch"].__file__)
for path in (
    f"{sysconfig.get_path('purelib')}/hostile-note.pth",
    f"{site.getusersitepackages()}/hostile-note.pth",
    f"{torch_folder}/__pycache__/hostile-note.pyc",
    f"{grader}/hostile-note.py",
    f"{grader}/__pycache__/hostile-note.pyc",
    f"{BANK}/conftest.py",
    f"{suite}/conftest.py",
    f"{suite}/pytest.ini",
    f"{suite}/__pycache__",
):
    with contextlib.suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        breach(f"planted {path}")


class LayerNorm(Right):
    pass
