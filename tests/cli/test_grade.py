"""`interview grade`: many files, kept results, other people's formats."""

import csv
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.conftest import ROOT, RunCli

FOLDER = ROOT / "questions" / "normalization" / "layer-norm"
RIGHT, WRONG = FOLDER / "right" / "einsum.py", FOLDER / "wrong" / "unbiased_variance.py"


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    """Return a folder of submissions: right, wrong, hostile."""
    folder = tmp_path / "handed-in"
    folder.mkdir()
    shutil.copy(RIGHT, folder / "ann.py")
    shutil.copy(WRONG, folder / "=bob.py")
    exits = "import os\nos._exit(0)\nclass LayerNorm: pass\n"
    (folder / "eve.py").write_text(exits, encoding="utf-8")
    return folder


def results(tmp_path: Path) -> int:
    path = tmp_path / "data" / "results.sqlite3"
    if not path.exists():
        return 0
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("SELECT count(*) FROM results").fetchone()[0])
    except sqlite3.Error:
        return 0
    finally:
        connection.close()


def test_a_folder_is_graded_and_written_out(
    run_cli: RunCli, handed_in: Path, tmp_path: Path
) -> None:
    """Each file gets its row, in the table, the CSV, the JSON and the JUnit XML."""
    out, junit = tmp_path / "r.csv", tmp_path / "r.xml"
    done = run_cli("grade", handed_in, "--out", out, "--junitxml", junit)
    assert done.returncode == 1
    assert "3 graded, 1 passed" in done.stdout
    rows = {
        Path(row["file"]).name: row for row in csv.DictReader(out.read_text("utf-8").splitlines())
    }
    assert rows["ann.py"]["passed"] == "True"
    assert rows["=bob.py"]["misconception"] == "unbiased-variance"
    assert rows["eve.py"]["outcome"] == "ended"
    assert len(ET.fromstring(junit.read_text("utf-8")).findall("testsuite")) == 3


def test_nothing_is_graded_twice(run_cli: RunCli, handed_in: Path, tmp_path: Path) -> None:
    """A second run takes its results from the store; a copy of a file is one submission."""
    shutil.copy(RIGHT, handed_in / "copy.py")
    run_cli("grade", handed_in, "--json")
    assert results(tmp_path) == 3
    again = run_cli("grade", handed_in, "--json")
    assert len(json.loads(again.stdout)["reports"]) == 4
    assert results(tmp_path) == 3


def test_a_killed_run_goes_on_where_it_was(
    run_cli: RunCli, handed_in: Path, tmp_path: Path
) -> None:
    """After `kill -9` every result that was there is kept, none is doubled, the rest follow."""
    source = RIGHT.read_text(encoding="utf-8")
    for number in range(20):
        (handed_in / f"s{number}.py").write_text(f"{source}\n# {number}\n", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "interview", "grade", handed_in],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=dict(os.environ),
    )
    deadline = time.monotonic() + 60
    while results(tmp_path) < 5 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = results(tmp_path)
    assert 5 <= kept < 23
    done = run_cli("grade", handed_in, "--json")
    assert len(json.loads(done.stdout)["reports"]) == 23
    assert results(tmp_path) == 23


def test_gradescope_takes_one_submission(run_cli: RunCli, handed_in: Path, tmp_path: Path) -> None:
    """Gradescope's file is written for one submission, and refused for more."""
    out = tmp_path / "results.json"
    run_cli("grade", handed_in / "ann.py", "--gradescope", out)
    data = json.loads(out.read_text(encoding="utf-8"))
    assert data["score"] > 90
    assert all(test["status"] == "passed" for test in data["tests"] if test["max_score"])
    refused = run_cli("grade", handed_in, "--gradescope", out)
    assert refused.returncode == 2


def test_an_unreadable_file_costs_only_itself(
    run_cli: RunCli, handed_in: Path, tmp_path: Path
) -> None:
    """A file that is no text is told on its own line, and the others are graded."""
    (handed_in / "bad.py").write_bytes(b"\xff\xfe\x00")
    done = run_cli("grade", handed_in)
    assert done.returncode == 2
    assert "bad.py" in done.stderr
    assert "3 graded, 1 passed" in done.stdout
