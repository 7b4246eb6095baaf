"""A PostgreSQL server, a small bank to grade from, and workers that are ended with their test."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cluster import postgres
from tests.conftest import ROOT

EXERCISE = "normalization/layer-norm"
FOLDER = ROOT / "questions" / EXERCISE
RIGHT = FOLDER / "right" / "einsum.py"
WRONG = FOLDER / "wrong" / "unbiased_variance.py"

Process = subprocess.Popen[str]
StartCli = Callable[..., Process]


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Server]:
    """Return a server, or skip and say why there is none."""
    try:
        running = postgres.new_server()
    except postgres.NoServer as reason:
        pytest.skip(str(reason))
    yield running
    postgres.end(running)


@pytest.fixture
def database(server: postgres.Server) -> postgres.Database:
    """Return an empty database."""
    return server.new_database()


@pytest.fixture
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a bank with one exercise, which the processes use."""
    root = tmp_path / "bank"
    shutil.copytree(FOLDER, root / "questions" / EXERCISE)
    (root / "solutions").mkdir()
    shutil.copy(ROOT / "solutions" / "layer_norm.py", root / "solutions")
    monkeypatch.setenv("INTERVIEW_BANK", str(root))
    return root


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    """Return a folder of three submissions: right, wrong, and one that exits."""
    folder = tmp_path / "handed-in"
    folder.mkdir()
    shutil.copy(RIGHT, folder / "ann.py")
    shutil.copy(WRONG, folder / "bob.py")
    exits = "import os\nos._exit(0)\nclass LayerNorm: pass\n"
    (folder / "eve.py").write_text(exits, encoding="utf-8")
    return folder


@pytest.fixture
def start_cli() -> Iterator[StartCli]:
    """Return a function that starts `interview` and goes on; what still runs is killed."""
    started: list[Process] = []

    def start(*arguments: object) -> Process:
        process = subprocess.Popen(
            [sys.executable, "-m", "interview", *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=dict(os.environ),
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.communicate()
