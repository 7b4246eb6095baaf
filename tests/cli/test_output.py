"""Output goes where it should: to a pager on a terminal that it would not fit, else as it is."""

import os
import sys
from pathlib import Path

import pytest

pexpect = pytest.importorskip("pexpect")

PRINT = """
import sys
from interview.cli.output import paged
paged(["line %d" % n for n in range(int(sys.argv[1]))])
print("done")
"""
PAGER = f"""{sys.executable} -c 'import sys; print("PAGED", len(sys.stdin.readlines()))'"""


def on_a_terminal(lines: int, **environment: str) -> str:
    """Return what a terminal of ten rows shows of that many lines."""
    child = pexpect.spawn(
        sys.executable,
        ["-c", PRINT, str(lines)],
        dimensions=(10, 80),
        encoding="utf-8",
        env={**os.environ, "TERM": "xterm", **environment},
        timeout=20,
    )
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    return str(child.before).replace("\r\n", "\n")


def test_long_output_is_paged() -> None:
    """More lines than the terminal has go to `$PAGER`."""
    assert on_a_terminal(30, PAGER=PAGER) == "PAGED 30\ndone\n"


def test_short_output_is_not() -> None:
    """What fits is simply shown."""
    assert on_a_terminal(5, PAGER=PAGER).startswith("line 0\n")


@pytest.mark.parametrize("pager", ["/no/such/pager", "", "cat", "a 'b"])
def test_without_a_pager_everything_is_printed(pager: str) -> None:
    """A pager that is missing, switched off or misspelt costs no line."""
    assert on_a_terminal(30, PAGER=pager).count("line") == 30


def test_a_pager_may_be_left_early() -> None:
    """A pager that reads nothing, as when the user quits at once, is no error."""
    assert on_a_terminal(20_000, PAGER="true") == "done\n"


def test_a_dumb_terminal_has_no_pager() -> None:
    """A terminal that cannot move its cursor gets plain lines."""
    assert on_a_terminal(30, PAGER=PAGER, TERM="dumb").count("line") == 30


def test_less_shows_colours_and_leaves_the_text(tmp_path: Path) -> None:
    """Where the user set nothing, less is told to keep colours and the last page."""
    less = tmp_path / "less"
    less.write_text('#!/bin/sh\ncat > /dev/null\necho "LESS=$LESS"\n')
    less.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    assert on_a_terminal(30, PATH=path) == "LESS=-R -F -X\ndone\n"
    assert on_a_terminal(30, PATH=path, LESS="-S") == "LESS=-S\ndone\n"


def test_over_a_pipe_lines_are_80_cells(capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe has no width of its own; `COLUMNS` gives it one."""
    from interview.cli.output import console

    assert console().width == 80


def test_columns_sets_the_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """`COLUMNS` is obeyed."""
    from interview.cli.output import console

    monkeypatch.setenv("COLUMNS", "120")
    assert console().width == 120


def test_json_has_a_version_and_keeps_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    """Programs can tell which form they read, and people can read it too."""
    from interview.cli.output import emit_json

    emit_json({"title": "残差"})
    assert capsys.readouterr().out == '{\n  "version": 1,\n  "title": "残差"\n}\n'
