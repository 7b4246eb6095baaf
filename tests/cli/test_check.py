"""`interview check` and `interview start` as a user meets them."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pexpect
import pytest

from tests.conftest import ROOT, RunCli

SOLUTION = ROOT / "solutions" / "layer_norm.py"
WRONG = ROOT / "questions" / "normalization" / "layer-norm" / "wrong" / "unbiased_variance.py"
SEED_LAYER_NORM = """\
import torch
from torch import nn

class LayerNorm(nn.Module):
    def __init__(self, num_features, eps=1e-5, affine=True):
        super().__init__()
        self.eps = eps
        {flag} = affine
        self.gamma = nn.Parameter(torch.ones(num_features)) if affine else None
        self.beta = nn.Parameter(torch.zeros(num_features)) if affine else None

    def forward(self, x):
        x = x - x.mean(-1, keepdim=True)
        x = x / (x.std(-1, keepdim=True) + self.eps)
        return self.gamma * x + self.beta if {flag} else x
"""


def test_a_pass_shows_what_to_expect_next(run_cli: RunCli) -> None:
    """A pass exits 0 and shows the follow-ups; the model solution only on request."""
    done = run_cli("check", SOLUTION)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "PASSED" in done.stdout
    assert "Follow-ups" in done.stdout
    assert "Model solution" not in done.stdout
    assert "Model solution" in run_cli("check", SOLUTION, "--solution").stdout


def test_a_failure_names_the_misconception(run_cli: RunCli) -> None:
    """A failure exits 1 and says the misconception with input, expected and actual values."""
    done = run_cli("check", WRONG)
    assert done.returncode == 1
    assert "First failed check: biased-variance" in done.stdout
    assert re.search(r"expected +\[", done.stdout)
    assert re.search(r"actual +\[", done.stdout)
    assert "Traceback" not in done.stdout + done.stderr


def test_a_failure_is_told_in_chinese(run_cli: RunCli) -> None:
    """With `--lang zh` the report, its hint included, is Chinese."""
    done = run_cli("check", WRONG, "--lang", "zh")
    assert "最先出错的检查：biased-variance" in done.stdout
    assert "期望" in done.stdout
    assert "First failed" not in done.stdout


def test_the_solution_stays_hidden_until_the_pass(run_cli: RunCli) -> None:
    """`--solution` on a failing file shows no solution."""
    done = run_cli("check", WRONG, "--solution")
    assert "shown once the file passes" in done.stdout
    assert "def forward" not in done.stdout


@pytest.mark.parametrize(
    ("flag", "misconception"),
    [
        ("self_affine", "local-affine-flag"),
        ("self.affine", "unbiased-std-epsilon-outside"),
    ],
)
def test_the_seeds_own_layer_norm_is_told_its_true_faults(
    run_cli: RunCli, tmp_path: Path, flag: str, misconception: str
) -> None:
    """The seed's class fails for the local flag; that mended, for its two faults of formula."""
    path = tmp_path / "mine.py"
    path.write_text(SEED_LAYER_NORM.format(flag=flag), encoding="utf-8")
    report = json.loads(run_cli("check", path, "--json").stdout)
    assert report["diagnosis"]["misconception"] == misconception


def test_json_is_versioned_and_whole(run_cli: RunCli) -> None:
    """`--json` prints one document with the fields that the README names."""
    done = run_cli("check", WRONG, "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["version"], report["passed"]) == (1, 1, False)
    assert 0 < report["score"] < 1
    assert report["diagnosis"]["hint"]["zh"]
    assert {"id", "tier", "status", "claim", "hint"} <= set(report["checks"][0])


@pytest.mark.parametrize(
    ("source", "code", "outcome", "said"),
    [
        ("class LayerNorm(:\n    pass\n", 2, "syntax_error", "not valid Python"),
        ("import numpyy\nclass LayerNorm: pass\n", 2, "import_error", "No module named 'numpyy'"),
        ("class LayerNorm:\n    def __init__(self): pass\n", 1, "wrong_signature", "signature"),
        ("import os\nos._exit(0)\nclass LayerNorm: pass\n", 1, "ended", "exit status 0"),
        ("while True: pass\nclass LayerNorm: pass\n", 1, "timed_out", "Timed out"),
    ],
)
def test_each_way_of_not_running_has_its_own_report(
    run_cli: RunCli, tmp_path: Path, source: str, code: int, outcome: str, said: str
) -> None:
    """What cannot be run exits 2, what runs and fails exits 1; each is told as what it is."""
    path = tmp_path / "mine.py"
    path.write_text(source, encoding="utf-8")
    done = run_cli("check", path)
    assert (done.returncode, said in done.stdout) == (code, True), done.stdout
    report = json.loads(run_cli("check", path, "--json").stdout)
    assert report["outcome"] == outcome


def test_a_file_without_the_name_is_told_which_names_there_are(
    run_cli: RunCli, tmp_path: Path
) -> None:
    """A file that defines no exercise's class is told the names; a named exercise asks for its."""
    path = tmp_path / "mine.py"
    path.write_text("class Other: pass\n", encoding="utf-8")
    done = run_cli("check", path)
    assert done.returncode == 2
    assert "`interview list --kind code` lists the exercises" in done.stderr
    path.write_text("class LayerNom: pass\n", encoding="utf-8")
    assert "did you mean LayerNorm (normalization/layer-norm)?" in run_cli("check", path).stderr
    named = run_cli("check", path, "--exercise", "layer-norm")
    assert named.returncode == 2
    assert "does not define LayerNorm" in named.stdout.replace("`", "")


def test_ctrl_c_ends_a_grading_at_once(tmp_path: Path) -> None:
    """An interrupted check exits 130 without a traceback, and leaves no process."""
    path = tmp_path / "mine.py"
    path.write_text("while True: pass\nclass LayerNorm: pass\n", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "interview", "check", path],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in errors


def test_watch_grades_again_on_every_save(tmp_path: Path) -> None:
    """`--watch` on a terminal shows the failure, then, once the file is mended, the pass."""
    path = tmp_path / "mine.py"
    path.write_text(WRONG.read_text(encoding="utf-8"), encoding="utf-8")
    terminal = pexpect.spawn(
        sys.executable,
        ["-m", "interview", "check", "--watch", str(path)],
        encoding="utf-8",
        timeout=60,
    )
    terminal.expect("NOT PASSED")
    terminal.expect("Waiting for a save")
    path.write_text(SOLUTION.read_text(encoding="utf-8"), encoding="utf-8")
    terminal.expect("Follow-ups")
    terminal.expect("Waiting for a save")
    terminal.sendintr()
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0


def test_start_writes_the_starter_and_never_over_a_file(run_cli: RunCli, tmp_path: Path) -> None:
    """`start` writes a file that `check` recognises; a second time it refuses with exit 2."""
    done = run_cli("start", "layer-norm", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    path = tmp_path / "layer_norm.py"
    path.write_text(path.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    again = run_cli("start", "layer-norm", cwd=tmp_path)
    assert again.returncode == 2
    assert "exists already" in again.stderr
    assert path.read_text(encoding="utf-8").endswith("# mine\n")
    assert run_cli("check", path).returncode == 1


def test_start_of_what_is_no_exercise_is_refused(run_cli: RunCli) -> None:
    """A question without code has no starter."""
    done = run_cli("start", "layer-norm-formula")
    assert done.returncode == 2
    assert "no exercise" in done.stderr


def test_a_warm_grader_serves_check_and_ends(run_cli: RunCli, tmp_path: Path) -> None:
    """`warm` starts a server that `check` uses; `--stop` ends it."""
    home = {"XDG_RUNTIME_DIR": str(tmp_path)}
    assert run_cli("warm", "--status", env=home).returncode == 1
    assert run_cli("warm", "--idle", "1", env=home).returncode == 0
    try:
        assert run_cli("warm", "--status", env=home).returncode == 0
        assert run_cli("check", SOLUTION, env=home).returncode == 0
        assert run_cli("check", WRONG, env=home).returncode == 1
    finally:
        assert run_cli("warm", "--stop", env=home).returncode == 0
    assert run_cli("warm", "--status", env=home).returncode == 1
