"""The installed wheel, not only the checkout, carries the bank."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel, install it into a folder of its own, and return that folder."""
    out, target = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = out.glob("*.whl")
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", target, wheel]
    subprocess.run(install, check=True, capture_output=True)
    return target


def run(installed: Path, tmp_path: Path, code: str, stdin: str = "") -> str:
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=stdin,
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def cli(*arguments: str) -> str:
    return f"from interview.cli.app import run; raise SystemExit(run({list(arguments)!r}))"


def test_the_wheel_is_what_runs(installed: Path, tmp_path: Path) -> None:
    """The installed package finds its own copy of the bank, not the checkout's."""
    code = "import interview.paths as p; print(p.default_bank())"
    assert run(installed, tmp_path, code).strip() == str(installed / "interview" / "_bank")


def test_a_quiz_runs_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    """`quiz` asks a question of the packaged bank and shows its answer."""
    asked = cli("quiz", "--id", "normalization/layer-norm-formula", "--lang", "zh")
    shown = run(installed, tmp_path, asked, stdin="\n\n3\n")
    assert "normalization/layer-norm-formula" in shown
    assert "√" in shown


def test_check_works_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    """The packaged exercises carry suite, controls and solution: the solution passes."""
    solution = installed / "interview" / "_bank" / "solutions" / "layer_norm.py"
    assert "PASSED" in run(installed, tmp_path, cli("check", str(solution)))
