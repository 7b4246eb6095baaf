"""What a check costs, against a plain pytest of the same suite: cold, and from a warm grader.

Everything runs interleaved in one go and the medians are compared, so that a machine that is busy
is busy for all. Run it with: python benchmarks/check.py [ROUNDS]
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from interview.bank.load import load_bank
from interview.grading.client import Grader, grade
from interview.grading.submission import read_submission
from interview.paths import default_bank

CONFTEST = """
import importlib.util, pytest
from interview.grading.suite import Inputs

@pytest.fixture
def submission():
    spec = importlib.util.spec_from_file_location("submission", {path!r})
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

@pytest.fixture
def inputs(request):
    return Inputs(1, request.node.name)
"""


def main() -> None:
    """Print seconds and ratios."""
    rounds = int(sys.argv[1]) if sys.argv[1:] else 7
    bank = load_bank(default_bank())
    question = bank["normalization/layer-norm"]
    solution = bank.solution(question)
    with tempfile.TemporaryDirectory() as folder, Grader() as grader:
        plain = Path(folder) / "plain"
        plain.mkdir()
        shutil.copy(question.folder / "suite.py", plain / "test_suite.py")
        (plain / "conftest.py").write_text(CONFTEST.format(path=str(solution)), encoding="utf-8")
        environment = {**os.environ, "XDG_RUNTIME_DIR": folder, "OMP_NUM_THREADS": "1"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        check = [sys.executable, "-m", "interview", "check", str(solution), "--json"]
        subjects: dict[str, Callable[[], object]] = {
            "plain pytest": lambda: run(
                [sys.executable, "-m", "pytest", "-q", str(plain)], environment
            ),
            "import torch": lambda: run([sys.executable, "-c", "import torch"], environment),
            "check, cold": lambda: run(check, environment),
            "judge, warm": lambda: grade(
                question, read_submission(solution), bank=bank, grader=grader
            ),
        }
        seconds = measure(subjects, rounds, before={"judge, warm": lambda: be_ready(grader)})
        serve = [sys.executable, "-m", "interview", "warm"]
        run([*serve, "--idle", "5"], environment)
        seconds |= measure({"check, warm server": lambda: run(check, environment)}, rounds)
        run([*serve, "--stop"], environment)
    show(seconds)


def be_ready(grader: Grader) -> None:
    """Do what `check --watch` and the quiz do while the candidate types."""
    grader.get_ready()
    time.sleep(0.5)


def measure(
    subjects: dict[str, Callable[[], object]],
    rounds: int,
    before: Mapping[str, Callable[[], object]] = MappingProxyType({}),
) -> dict[str, float]:
    """Return the median seconds of each subject, run in turns after one round unmeasured.

    What stands in `before` is done first, and is not measured.
    """
    taken: dict[str, list[float]] = {name: [] for name in subjects}
    for number in range(rounds + 1):
        for name, action in subjects.items():
            before.get(name, lambda: None)()
            started = time.perf_counter()
            action()
            if number:
                taken[name].append(time.perf_counter() - started)
    return {name: statistics.median(values) for name, values in taken.items()}


def run(command: list[str], environment: dict[str, str]) -> None:
    """Run a command that must succeed."""
    subprocess.run(command, env=environment, check=True, capture_output=True)


def show(seconds: dict[str, float]) -> None:
    """Print each median with its ratio to the two plain alternatives."""
    print(f"{'':<20}{'seconds':>9}{'/ pytest':>10}{'/ import torch':>16}")
    for name, value in seconds.items():
        to_pytest = value / seconds["plain pytest"]
        to_torch = value / seconds["import torch"]
        print(f"{name:<20}{value:>9.3f}{to_pytest:>10.2f}{to_torch:>16.2f}")
    print(json.dumps({name: round(value, 4) for name, value in seconds.items()}))


if __name__ == "__main__":
    main()
