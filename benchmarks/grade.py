"""Throughput of `interview grade`, against one plain pytest process a submission.

Run it with: python benchmarks/grade.py [SUBMISSIONS] [PLAIN RUNS]
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from check import CONFTEST

from interview.bank.load import load_bank
from interview.paths import default_bank


def main() -> None:
    """Print submissions a second for both, their ratio, and the memory that grading took."""
    count = int(sys.argv[1]) if sys.argv[1:] else 200
    plain_runs = int(sys.argv[2]) if sys.argv[2:] else 5
    bank = load_bank(default_bank())
    question = bank["normalization/layer-norm"]
    controls = sorted((question.folder / "wrong").glob("*.py"))
    controls += sorted((question.folder / "right").glob("*.py"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        handed_in = folder / "handed-in"
        handed_in.mkdir()
        for number in range(count):
            source = controls[number % len(controls)].read_text(encoding="utf-8")
            (handed_in / f"s{number:05}.py").write_text(f"{source}\n# {number}\n", encoding="utf-8")
        seconds, memory = grade_seconds(handed_in, folder)
        ours = count / seconds
        plain = 1 / plain_seconds(
            question.folder / "suite.py", bank.solution(question), folder, plain_runs
        )
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"interview grade: {ours:6.2f} submissions/s ({count} of them, sandbox on)")
    print(f"plain pytest:    {plain:6.2f} submissions/s (mean of {plain_runs})")
    print(f"ratio:           {ours / plain:6.1f}")
    print(f"largest process: {peak:6.0f} MiB")
    for tenth in (1, 5, 10):
        part = memory[len(memory) * (tenth - 1) // 10 : len(memory) * tenth // 10]
        if part:
            print(f"all processes:   {max(part):6.0f} MiB at most in tenth {tenth} of the run")


def grade_seconds(handed_in: Path, folder: Path) -> tuple[float, list[float]]:
    """Grade a folder of submissions, all of them new.

    Returns:
        The seconds it took, and the memory in MiB of all its processes, twice a second (Linux).
    """
    command = [sys.executable, "-m", "interview", "grade", str(handed_in)]
    command += ["--store", str(folder / "results.sqlite3"), "--out", str(folder / "out.csv")]
    memory = []
    started = time.perf_counter()
    grading = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while grading.poll() is None:
        memory.append(family_memory(grading.pid))
        with suppress(subprocess.TimeoutExpired):
            grading.wait(0.5)
    return time.perf_counter() - started, memory


def family_memory(pid: int) -> float:
    """Return the MiB of a process and its descendants, what they share counted once.

    Source: Pss of /proc/PID/smaps_rollup in proc(5); 0 where there is none.
    """
    total = 0.0
    with suppress(OSError):
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line[:4] == "Pss:")
        total /= 1024
    with suppress(OSError):
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            total += sum(map(family_memory, map(int, children.read_text().split())))
    return total


def plain_seconds(suite: Path, solution: Path, folder: Path, runs: int) -> float:
    """Return the mean seconds of one plain pytest process for one submission."""
    plain = folder / "plain"
    plain.mkdir()
    shutil.copy(suite, plain / "test_suite.py")
    (plain / "conftest.py").write_text(CONFTEST.format(path=str(solution)), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", str(plain)]
    started = time.perf_counter()
    for _ in range(runs):
        subprocess.run(command, check=True, capture_output=True, env=dict(os.environ))
    return (time.perf_counter() - started) / runs


if __name__ == "__main__":
    main()
