"""How the commands print: one console, one JSON form, one pager."""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_WIDTH_OF_A_PIPE = 80


def console(*, stderr: bool = False) -> "Console":
    """Return a console on standard output (or error) that prints text as it is given.

    No markup, no emoji codes, no guessing at what to highlight. Where the stream is no terminal
    lines are 80 cells wide, or `COLUMNS`. Rich itself honours `NO_COLOR` and `FORCE_COLOR`.
    """
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    piped = not stream.isatty() and not os.environ.get("COLUMNS")
    return Console(
        stderr=stderr,
        width=_WIDTH_OF_A_PIPE if piped else None,
        soft_wrap=True,
        markup=False,
        emoji=False,
        highlight=False,
    )


def emit_json(data: Mapping[str, Any]) -> None:
    """Print one JSON object with its version, Chinese as it is."""
    document = {"version": 1, **data}
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def paged(renderables: Iterable["RenderableType"]) -> None:
    """Print, through a pager where standard output is a terminal that this would not fit."""
    out = console()
    with out.capture() as capture:
        for renderable in renderables:
            out.print(renderable)
    text = capture.get()
    fits = text.count("\n") < out.height
    if fits or not sys.stdout.isatty() or out.is_dumb_terminal or not _page(text):
        sys.stdout.write(text)


def _page(text: str) -> bool:
    """Show the text in the user's pager; return whether there was one."""
    import subprocess

    pager = _pager()
    if not pager:
        return False
    environ = {"LESS": "-R -F -X", "LESSCHARSET": "utf-8", **os.environ}
    try:
        process = subprocess.Popen(
            pager, stdin=subprocess.PIPE, env=environ, encoding="utf-8", errors="replace"
        )
    except OSError:
        return False
    try:
        process.communicate(text)
    except (BrokenPipeError, KeyboardInterrupt):
        process.wait()
    return True


def _pager() -> list[str]:
    """Return the pager's command line: `$PAGER`, else less; empty where there is none."""
    import shlex
    import shutil

    chosen = os.environ.get("PAGER")
    if chosen is None:
        return ["less"] if shutil.which("less") else []
    try:
        command = shlex.split(chosen)
    except ValueError:  # a quotation mark that is never closed
        return []
    return [] if command == ["cat"] else command
