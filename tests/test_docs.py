"""The READMEs are kept true: commands, links and captures."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from interview.cli.app import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh-CN.md")
WRONG = ROOT / "questions" / "normalization" / "layer-norm" / "wrong" / "unbiased_variance.py"
SECONDS = re.compile(r"\d+\.\d (s|秒)")


def captures(name: str) -> list[tuple[str, str]]:
    text = (ROOT / name).read_text(encoding="utf-8")
    found = re.findall(r"```console\n\$ (.+)\n([\s\S]*?)```", text)
    assert found, "no capture"
    return [(command, output) for command, output in found]


@pytest.mark.parametrize("name", READMES)
def test_every_command_is_in_the_readme(name: str) -> None:
    """A command that exists is shown in both READMEs."""
    text = (ROOT / name).read_text(encoding="utf-8")
    assert [command for command in COMMANDS if f"interview {command}" not in text] == []


@pytest.mark.parametrize("name", READMES)
def test_links_lead_somewhere(name: str) -> None:
    """Every relative link of a README names a file that is there."""
    text = (ROOT / name).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize(
    ("command", "output"), [pair for name in READMES for pair in captures(name)]
)
def test_captures_are_real_output(command: str, output: str, tmp_path: Path) -> None:
    """What the README shows a command print is what it prints, but for the seconds it took."""
    shutil.copy(WRONG, tmp_path / "my_layernorm.py")
    shutil.copytree(ROOT / "tests" / "data" / "my-bank", tmp_path / "my-bank")
    executable = f"'{sys.executable}' -m interview "
    done = subprocess.run(
        ["bash", "-c", re.sub(r"^interview ", lambda _: executable, command)],
        cwd=tmp_path,
        env={**os.environ, "COLUMNS": "80"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert SECONDS.sub("? s", done.stdout).strip() == SECONDS.sub("? s", output).strip()


def test_the_two_readmes_have_the_same_parts() -> None:
    """Neither README has a section or a code block that the other lacks."""
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in READMES]
    assert len({len(re.findall(r"^## ", text, flags=re.MULTILINE)) for text in texts}) == 1
    commands = [re.findall(r"^interview \w+", text, flags=re.MULTILINE) for text in texts]
    assert commands[0] == commands[1]
