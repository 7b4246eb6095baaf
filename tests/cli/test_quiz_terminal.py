"""The quiz in a real pseudo-terminal: editing Chinese, pasting, Ctrl-C, Ctrl-D, SIGKILL."""

import io
import os
import re
import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from interview.paths import progress_file
from interview.review.model import Rating
from interview.review.store import read_reviews
from tests.cli.tiny_bank import ORDER, write_tiny_bank

pexpect = pytest.importorskip("pexpect", reason="there are no pseudo-terminals on Windows")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pty")
WHAT, PICK, RATIO, SHAPE, FAULT = ORDER


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return write_tiny_bank(tmp_path / "bank")


def logged() -> list[tuple[str, Rating]]:
    return [(review.question, review.rating) for review in read_reviews(progress_file())]


@contextmanager
def terminal(
    bank: Path, *options: str, locale: dict[str, str] | None = None, then: str = "exit $?"
) -> Iterator["pexpect.spawn"]:
    """Run a quiz, and a shell command after it, in a pseudo-terminal of 80 by 40."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("LC_")}
    environ |= {"TERM": "xterm", "LANG": "C.UTF-8"} | (locale or {})
    command = shlex.join([sys.executable, "-m", "interview", "quiz", "--bank", str(bank), *options])
    # The shell outlives Ctrl-C, to look at what the quiz left behind.
    script = f"trap : INT; {command}; {then}"
    child = pexpect.spawn(
        "sh", ["-c", script], env=environ, encoding="utf-8", dimensions=(40, 80), timeout=60
    )
    try:
        yield child
    finally:
        child.close(force=True)


@pytest.mark.parametrize("locale", [{}, {"LANG": "C"}, {"LC_ALL": "C"}, {"LANG": "xx_YY.UTF-8"}])
def test_chinese_is_edited_by_whole_characters(bank: Path, locale: dict[str, str]) -> None:
    """Backspace and the arrows move over a wide character at once, in every locale."""
    with terminal(bank, "--id", WHAT, locale=locale) as quiz:
        quiz.expect("answer> ")
        left, backspace = "\x1b[D", "\x7f"
        quiz.send("残差连接abc归一化" + backspace * 2 + left * 4 + backspace + "嘿\r")
        quiz.expect_exact("| ")
        quiz.send("\r")
        quiz.expect("confirms> ")
        quiz.send("\r")
        quiz.expect("rating")
        quiz.send("3\r")
        quiz.expect(pexpect.EOF)
    assert read_reviews(progress_file())[0].answer == "残差连嘿abc归"


def test_a_pasted_answer_arrives_whole(bank: Path) -> None:
    """Empty lines inside a paste do not end the answer."""
    with terminal(bank, "--id", WHAT) as quiz:
        quiz.expect("answer> ")
        quiz.send("\x1b[200~first\n\nsecond: shape\x1b[201~\r")
        quiz.expect_exact("| ")
        quiz.send("\r")
        quiz.expect("confirms> ")
        quiz.send("\r")
        quiz.expect("rating")
        quiz.send("3\r")
        quiz.expect(pexpect.EOF)
    assert read_reviews(progress_file())[0].answer == "first\n\nsecond: shape"


def test_ctrl_c_keeps_what_was_answered(bank: Path) -> None:
    """The summary is printed, the exit code is 130, and the terminal echoes as before."""
    with terminal(bank, "--id", RATIO, "--id", SHAPE, then="echo status $?; stty -a") as quiz:
        quiz.logfile_read = screen = io.StringIO()
        quiz.expect("answer> ")
        quiz.send("0.9354\r")
        quiz.expect("rating")
        quiz.send("3\r")
        quiz.expect("Question: shapes.*answer> ")
        quiz.send("half an ans")
        quiz.expect("half an ans")
        quiz.sendintr()
        quiz.expect("1 question in")
        quiz.expect("status 130")
        quiz.expect(pexpect.EOF)
        settings = quiz.before
    assert re.search(r"(?<!-)icanon\b", settings)
    assert re.search(r"(?<!-)echo\b", settings)
    assert re.findall(r"\x1b\[\?2004([hl])", screen.getvalue())[-1] == "l"
    assert "Traceback" not in screen.getvalue()
    assert logged() == [(RATIO, Rating.GOOD)]


def test_ctrl_d_ends_the_quiz(bank: Path) -> None:
    """It is the end of input: a summary and exit code 0."""
    with terminal(bank, "--id", RATIO) as quiz:
        quiz.expect("answer> ")
        quiz.sendeof()
        quiz.expect("Nothing was answered")
        quiz.expect(pexpect.EOF)
        quiz.close()
        assert quiz.exitstatus == 0


def test_a_killed_quiz_loses_nothing(bank: Path) -> None:
    """SIGKILL right after the next question shows: the answer before it is on the disk."""
    with terminal(bank, "--id", RATIO, "--id", SHAPE) as quiz:
        quiz.expect("answer> ")
        quiz.send("0.9354\r")
        quiz.expect("rating")
        quiz.send("4\r")
        quiz.expect("Question: shapes")
        os.killpg(quiz.pid, signal.SIGKILL)
        quiz.expect(pexpect.EOF)
    assert logged() == [(RATIO, Rating.EASY)]


def test_two_quizzes_share_one_log(bank: Path) -> None:
    """Answers given in turn in two terminals are all there."""
    with terminal(bank, "--id", RATIO) as one, terminal(bank, "--id", SHAPE) as other:
        for quiz, answer in ((one, "0.9354"), (other, "B,16")):
            quiz.expect("answer> ")
            quiz.send(answer + "\r")
        for quiz in (other, one):
            quiz.expect("rating")
            quiz.send("3\r")
            quiz.expect(pexpect.EOF)
    assert logged() == [(SHAPE, Rating.GOOD), (RATIO, Rating.GOOD)]
