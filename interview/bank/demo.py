"""Running the demo of a question, or the code of its chart, in a Python of its own."""

import os
import subprocess
import sys

from interview.errors import UsageError
from interview.language import Bilingual

SECONDS = 60.0  # most of a demo's time is torch's own start

_PRELUDE = (
    "import sys, torch, torch.nn.functional as F; from torch import nn; "
    "torch.set_num_threads(1); "
    "exec(compile(sys.stdin.read(), 'demo', 'exec'), "
    "{'torch': torch, 'nn': nn, 'F': F, '__name__': 'demo'})"
)


def run_demo(code: str, where: str) -> str:
    """Return what a demo prints.

    Raises:
        UsageError: where it raises, prints nothing, or takes too long; `where` names it.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-W", "ignore", "-c", _PRELUDE],
            input=code,
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _failed(where, f"over {SECONDS:g} s") from error
    if done.returncode:
        raise _failed(where, (done.stderr.strip().splitlines() or ["?"])[-1])
    return done.stdout


def read_points(printed: str, where: str) -> list[tuple[float, ...]]:
    """Return the points of a chart, one from each line: x, then the value of each curve.

    Raises:
        UsageError: where a line holds anything else, or fewer than two lines are there.
    """
    try:
        points = [tuple(map(float, line.split())) for line in printed.splitlines() if line.strip()]
    except ValueError as error:
        raise _failed(where, str(error)) from error
    if len(points) < 2 or len({len(point) for point in points}) != 1 or len(points[0]) < 2:
        raise _failed(where, "not lines of x and y")
    return points


def _failed(where: str, why: str) -> UsageError:
    return UsageError(
        zh=f"demo 运行失败：{why}",
        en=f"the demo failed: {why}",
        where=where,
        hint=Bilingual(zh="请报告给题库的作者", en="report it to the bank's author"),
    )
