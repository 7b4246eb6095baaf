"""The command line as a whole: help, errors, languages, exit codes."""

import subprocess
import sys

import pytest

from interview.cli.app import COMMANDS
from tests.conftest import RunCli


@pytest.mark.parametrize("name", [*COMMANDS, None])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_command_has_help_in_both_languages(run_cli: RunCli, name: str, lang: str) -> None:
    """`--help` of every command is there in the language asked for, and in that alone."""
    arguments = [name, "--help"] if name else ["--help"]
    done = run_cli(*arguments, env={"INTERVIEW_LANG": lang})
    assert done.returncode == 0, done.stderr
    assert ("用法：" in done.stdout) == (lang == "zh")
    assert ("Usage:" in done.stdout) == (lang == "en")


def test_no_arguments_show_the_help(run_cli: RunCli) -> None:
    """Called with nothing, the program says what it can do."""
    assert "quiz" in run_cli().stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chek"], "check"),
        (["list", "--bogus"], "--bogus"),
        (["show"], "ID"),
        (["check", "nowhere.py"], "nowhere.py"),
        (["list", "--bank", "nowhere"], "nowhere"),
        (["show", "normalization/layer-nrom"], "layer-norm"),
    ],
)
def test_a_mistake_gets_one_line_and_exit_2(
    run_cli: RunCli, arguments: list[str], said: str
) -> None:
    """Bad arguments are told in one line with a hint, on standard error, with exit code 2."""
    done = run_cli(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "error: " in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_errors_come_in_chinese_too(run_cli: RunCli) -> None:
    """With `--lang zh` an error is Chinese."""
    done = run_cli("check", "nowhere.py", "--lang", "zh")
    assert "错误：没有这个文件" in done.stderr


def test_a_reader_that_leaves_is_no_error() -> None:
    """`interview list | head -1` says nothing of the broken pipe."""
    command = f"{sys.executable} -m interview list | head -1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stderr == ""


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["show", "layer-norm-formula"]])
def test_browsing_imports_neither_torch_nor_pytest(arguments: list[str]) -> None:
    """What only reads the bank pays neither for torch nor for pytest nor for a text interface."""
    code = (
        "import sys; from interview.cli.app import run; "
        f"assert run({arguments!r}) == 0; "
        "heavy = {'torch', 'pytest', '_pytest', 'textual', 'fsrs', 'sympy'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
