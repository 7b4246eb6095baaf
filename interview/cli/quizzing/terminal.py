"""Where the quiz meets the candidate: lines in, pages out.

On a terminal lines are edited by `readline`, without which Python's `input` breaks Chinese:
backspace erases half a character. Through a pipe there are no prompts, so that scripted answers
leave clean output behind.
"""

import locale
import os
import sys
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.console import RenderableType


class Terminal(Protocol):
    """What the quiz needs of a terminal; tests bring their own."""

    @property
    def interactive(self) -> bool:
        """Whether a person is typing."""

    def read_line(self, prompt: str) -> str:
        """Return the next line without its end.

        Raises:
            EOFError: where input has ended.
            KeyboardInterrupt: on Ctrl-C.
        """

    def show(self, *blocks: "RenderableType") -> None:
        """Print blocks, one under another."""


class StandardTerminal:
    """The terminal, or the pipes, that the program was started with."""

    def __init__(self) -> None:
        from interview.cli.output import console

        self._console = console()
        self.interactive = sys.stdin.isatty() and sys.stdout.isatty()
        if self.interactive:
            _edit_lines()

    def read_line(self, prompt: str) -> str:
        """Return the next line; only a person is shown the prompt."""
        if self.interactive:
            return input(prompt)
        sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.rstrip("\r\n")

    def show(self, *blocks: "RenderableType") -> None:
        """Print blocks on standard output."""
        for block in blocks:
            self._console.print(block)


def _edit_lines() -> None:
    """Let `input` edit lines by whole characters; Windows does so by itself."""
    try:
        import readline
    except ImportError:
        return
    _let_readline_read_utf8()
    # Answers are no commands to recall, and Tab has no file names to offer.
    readline.set_auto_history(False)
    readline.set_completer(lambda _text, _state: None)
    if "libedit" not in (readline.__doc__ or ""):
        # Python turns this off; with it a pasted answer arrives whole, empty lines and all.
        readline.parse_and_bind("set enable-bracketed-paste on")


def _let_readline_read_utf8() -> None:
    """Move to a UTF-8 locale where `LC_ALL=C` would make readline count bytes.

    Readline asks the C library, which asks the environment again at every line.
    """
    if locale.getencoding().lower().replace("-", "") == "utf8":
        return
    for name in ("C.UTF-8", "C.utf8", "en_US.UTF-8", "UTF-8"):
        try:
            locale.setlocale(locale.LC_CTYPE, name)
        except locale.Error:
            continue
        os.environ.pop("LC_ALL", None)
        os.environ["LC_CTYPE"] = name
        return
