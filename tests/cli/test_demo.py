"""`interview demo`: the code behind an answer, run and drawn."""

import json
import shutil
from pathlib import Path

import pytest

from tests.bank.banks import make_bank, question
from tests.conftest import RunCli

CHART = {
    "x": {"zh": "层数", "en": "depth"},
    "y": {"zh": "方差", "en": "variance"},
    "code": "for x in range(5):\n    print(x, x * x)\n",
}


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return make_bank(
        tmp_path / "bank",
        curve=question(demo="print(torch.ones(2).sum().item())\n", output="2.0\n", chart=CHART),
        bare=question(title={"zh": "无", "en": "Bare"}),
        stale=question(title={"zh": "旧", "en": "Stale"}, demo="print(1)\n", output="2\n"),
        broken=question(title={"zh": "坏", "en": "Broken"}, demo="1 / 0\n", output="2\n"),
    )


def test_code_output_and_curve_are_shown(run_cli: RunCli, bank: Path) -> None:
    """The demo runs with torch at hand, and its curve is drawn below."""
    done = run_cli("demo", "curve", "--bank", bank)
    assert done.returncode == 0
    assert "print(torch.ones(2).sum().item())" in done.stdout
    assert "Output\n  2.0\n" in done.stdout
    assert "y: variance; x: depth" in done.stdout
    assert "┤" in done.stdout
    assert (
        "纵轴：方差；横轴：层数" in run_cli("demo", "curve", "--bank", bank, "--lang", "zh").stdout
    )


def test_json_holds_the_points(run_cli: RunCli, bank: Path) -> None:
    """A program gets the output and the points as numbers."""
    data = json.loads(run_cli("demo", "curve", "--bank", bank, "--json").stdout)
    assert (data["output"], data["recorded"]) == ("2.0\n", "2.0\n")
    assert data["chart"]["points"] == [[0, 0], [1, 1], [2, 4], [3, 9], [4, 16]]


def test_an_output_that_is_not_the_recorded_one_is_told_and_can_be_recorded(
    run_cli: RunCli, bank: Path
) -> None:
    """Another torch may print something else: both are shown, and authors may write it down."""
    assert (
        "not the output that the bank recorded" in run_cli("demo", "stale", "--bank", bank).stdout
    )
    assert run_cli("demo", "stale", "--bank", bank, "--record").returncode == 0
    assert "not the output" not in run_cli("demo", "stale", "--bank", bank).stdout


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("bare", "error: norm/bare has no demo"),
        ("broken", "norm/broken: error: the demo failed: ZeroDivisionError: division by zero"),
        ("nowhere", 'error: there is no question "nowhere"'),
    ],
)
def test_what_cannot_run_is_one_clear_line(
    run_cli: RunCli, bank: Path, name: str, message: str
) -> None:
    """No traceback reaches the reader."""
    done = run_cli("demo", name, "--bank", bank)
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == message
    assert "Traceback" not in done.stderr


def test_show_has_the_demo_with_the_answer(run_cli: RunCli, bank: Path) -> None:
    """The answer shows the code behind its numbers and what it printed, without running it."""
    shown = run_cli("show", "curve", "--answer", "--bank", bank).stdout
    assert "print(torch.ones(2).sum().item())" in shown
    assert "Output\n  2.0\n" in shown
    assert "torch" not in run_cli("show", "curve", "--bank", bank).stdout
    shutil.rmtree(bank)
