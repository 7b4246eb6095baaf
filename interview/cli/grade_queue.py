"""`interview grade --queue URL`: hand the files in to workers on other machines."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer

from interview.language import interface_language, say

if TYPE_CHECKING:
    from interview.bank.model import Bank
    from interview.cli.grade import Run
    from interview.cluster.client import Answer, Client, Sent
    from interview.grading.batch import Task


def grade_on_queue(
    tasks: Iterable["Task"],
    bank: "Bank",
    run: "Run",
    url: str,
    *,
    fresh: bool,
    wait: bool,
    quiet: bool,
) -> None:
    """Queue what has no result yet; with `wait`, collect the results into `run`."""
    from interview.cluster.client import Client
    from interview.cluster.database import read_address

    with Client(read_address(url)) as client:
        try:
            sent = client.send(tasks, bank, fresh=fresh)
            if wait:
                _collect(client, run, quiet=quiet)
            else:
                _say_what_was_sent(sent)
        except KeyboardInterrupt:
            _say_what_remains(client.outstanding)
            raise


def _collect(client: "Client", run: "Run", *, quiet: bool) -> None:
    from interview.cli.grade import progress

    with progress(client.outstanding, quiet=quiet) as bar:
        for answer in client.answers(lambda: bar.note(_nobody_works())):
            _take(answer, run)
            bar.advance()


def _take(answer: "Answer", run: "Run") -> None:
    for path in answer.paths:
        if answer.report is not None:
            run.reports[path] = {**answer.report, "file": str(path)}
        elif answer.trouble is not None:
            run.troubles[path] = answer.trouble[interface_language()]


def _say_what_was_sent(sent: "Sent") -> None:
    typer.echo(
        say(
            zh=f"放进队列 {sent.queued} 份，本来就在队列里 {sent.waiting} 份，"
            f"已有结果 {sent.graded} 份。",
            en=f"{sent.queued} queued, {sent.waiting} were queued already, "
            f"{sent.graded} have their result.",
        )
    )


def _say_what_remains(count: int) -> None:
    typer.echo(
        say(
            zh=f"还有 {count} 份没有结果；任务留在队列里，用同样的命令接着取。",
            en=f"Results still to come: {count}. The jobs stay queued: "
            "the same command goes on from here.",
        ),
        err=True,
    )


def _nobody_works() -> str:
    return say(
        zh="没有工作进程在判这些答案。`interview worker --queue …` 在运行吗？"
        "它的题库和程序版本要与这里相同。继续等待…",
        en="No worker is grading these. Does `interview worker --queue …` run, with the same "
        "bank and the same version as here? Still waiting…",
    )
