"""`interview warm`: keep a grader ready, so that `interview check` answers at once."""

import os
import subprocess
import tempfile
import time
from typing import Annotated

import typer

from interview.errors import ExitCode, GraderError
from interview.language import say

_START_SECONDS = 60.0
_STOP_SECONDS = 10.0


def command(
    idle: Annotated[
        float,
        typer.Option(
            "--idle",
            metavar="MINUTES",
            min=0.1,
            max=24 * 60,
            help=say(zh="闲置多少分钟后自行退出。", en="Ends itself after so many idle minutes."),
        ),
    ] = 30.0,
    *,
    stop: Annotated[bool, typer.Option("--stop", help=say(zh="停掉它。", en="Stop it."))] = False,
    status: Annotated[
        bool,
        typer.Option(
            "--status",
            help=say(
                zh="它在不在运行（退出码 0 在，1 不在）。",
                en="Say whether it runs (exit 0: yes, 1: no).",
            ),
        ),
    ] = False,
) -> None:
    """Start the warm grader in the background; it ends itself when idle."""
    from interview.grading.grader import server_process

    running = server_process()
    if status:
        _say_status(running)
        raise typer.Exit(ExitCode.PASSED if running else ExitCode.FAILED)
    if stop:
        _stop(running)
        return
    if running:
        typer.echo(say(zh=f"已经在运行（进程 {running}）。", en=f"It runs already ({running})."))
        return
    _start(idle)


def _say_status(running: int | None) -> None:
    if running:
        typer.echo(say(zh=f"在运行（进程 {running}）。", en=f"It runs (process {running})."))
    else:
        typer.echo(say(zh="没有在运行。", en="It does not run."))


def _stop(running: int | None) -> None:
    import signal

    from interview.grading.grader import server_process

    if running:
        os.kill(running, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        while server_process() == running:
            if time.monotonic() > deadline:
                raise GraderError(
                    zh=f"评分进程 {running} 没有停下来",
                    en=f"the grader, process {running}, did not stop",
                )
            time.sleep(0.02)
    typer.echo(
        say(zh="已停止。", en="Stopped.")
        if running
        else say(zh="本来就没有在运行。", en="It was not running.")
    )


def _start(idle: float) -> None:
    from interview.grading.grader import server_process, socket_path, start_server

    with tempfile.TemporaryFile() as errors:
        process = start_server(
            subprocess.DEVNULL, errors.fileno(), str(socket_path()), str(idle * 60)
        )
        deadline = time.monotonic() + _START_SECONDS
        while server_process() is None:
            if process.poll() is not None or time.monotonic() > deadline:
                raise _failed(errors.read().decode(errors="replace"))
            time.sleep(0.05)
    typer.echo(
        say(
            zh=f"评分进程已就绪（进程 {process.pid}），闲置 {idle:g} 分钟后自行退出。"
            "现在 interview check 会立刻出结果。",
            en=f"The grader is ready (process {process.pid}) and ends itself after {idle:g} idle "
            "minutes. `interview check` answers at once now.",
        )
    )
    process.returncode = 0  # it stays; without this its destructor would warn


def _failed(trouble: str) -> GraderError:
    last = (trouble.strip().splitlines() or ["?"])[-1]
    return GraderError(zh=f"评分进程没有起来：{last}", en=f"the grader did not start: {last}")
