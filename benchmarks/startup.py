"""Start-up of the commands that people wait for, as ratios to a plain import.

The yardstick is `python -c "import typer, rich.console, yaml"`: what any command line with these
packages pays before it does anything. Runs are interleaved, so that a busy machine slows all of
them alike; each figure is a median. The cache of the bank is warm.

    python benchmarks/startup.py [runs]
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

RUNS = 15
YARDSTICK = 'python -c "import typer, rich.console, yaml"'
BARE = 'python -c ""'
INTERVIEW = (sys.executable, "-m", "interview")
COMMANDS: Mapping[str, Sequence[str]] = {
    BARE: (sys.executable, "-c", ""),
    YARDSTICK: (sys.executable, "-c", "import typer, rich.console, yaml"),
    "interview --help": (*INTERVIEW, "--help"),
    "interview list": (*INTERVIEW, "list"),
    "interview show (recall)": (*INTERVIEW, "show", "residual/what-is-a-residual-connection"),
    "interview show (bug)": (*INTERVIEW, "show", "normalization/hand-written-layer-norm"),
    "interview search": (*INTERVIEW, "search", "gradient"),
}
FORBIDDEN = frozenset({"torch", "pytest"})


def main() -> None:
    """Measure and print the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    environment = {name: value for name, value in os.environ.items() if name not in _SLOWED_BY}
    for command in COMMANDS.values():  # writes byte code and the bank's cache
        seconds(command, environment)
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(runs):
        for name, command in COMMANDS.items():
            taken[name].append(seconds(command, environment))
    medians = {name: statistics.median(times) for name, times in taken.items()}
    width = max(map(len, medians))
    print(f"{'':{width}}      ms   × plain import   × bare python")
    for name, median in medians.items():
        plain, bare = median / medians[YARDSTICK], median / medians[BARE]
        print(f"{name:{width}}  {median * 1000:6.0f}   {plain:14.2f}   {bare:13.2f}")
    for name in ("interview --help", "interview list", "interview show (recall)"):
        print(f"{name}: {heavy_imports(COMMANDS[name], environment)}")


# Makes every start compile every module again.
_SLOWED_BY = frozenset({"PYTHONDONTWRITEBYTECODE"})


def seconds(command: Sequence[str], environment: Mapping[str, str]) -> float:
    """Return how long a command takes, its output thrown away."""
    start = time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def heavy_imports(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """Return which of torch and pytest a command imports, by `-X importtime`."""
    told = subprocess.run(
        [command[0], "-X", "importtime", *command[1:]],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ).stderr
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in told.splitlines()}
    found = sorted(FORBIDDEN & imported)
    return f"imports {', '.join(found)}" if found else "imports neither torch nor pytest"


if __name__ == "__main__":
    main()
