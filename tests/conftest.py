"""What every test stands on: its own data and cache folders, English, no colour."""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Apart = Callable[..., Any]
ROOT = Path(__file__).resolve().parent.parent
RunCli = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep every test, and the processes it starts, away from the user's own files."""
    monkeypatch.setenv("INTERVIEW_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("INTERVIEW_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("INTERVIEW_LANG", "en")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERMINAL_WIDTH", "80")
    for name in ("INTERVIEW_BANK", "COLUMNS", "FORCE_COLOR", "GITHUB_ACTIONS", "PAGER"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run_cli() -> RunCli:
    """Return a function that runs `interview` as a process of its own, over pipes."""

    def run(
        *arguments: object, stdin: str = "", **options: object
    ) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, **options.pop("env", {})}  # type: ignore[dict-item]
        return subprocess.run(
            [sys.executable, "-m", "interview", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            env=environment,
            timeout=120,
            check=False,
            **options,  # type: ignore[call-overload]
        )

    return run


@pytest.fixture(scope="session")
def apart() -> Iterator[Apart]:
    """Return a function that runs another in a process forked from one that has loaded torch.

    A process each: what runs may change torch's defaults, and must not change another's numbers.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["torch", "tests.snippets", "tests.seeds"])
    with context.Pool(1, maxtasksperchild=1) as pool:
        yield lambda function, *args: pool.apply_async(function, args).get(timeout=300)
