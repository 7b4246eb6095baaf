"""`interview worker --queue URL`: grade what `interview grade --queue` hands in."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from interview.cli.grade import UnsafeOption, require_sandbox
from interview.cli.options import BankOption
from interview.language import Bilingual, interface_language, say

if TYPE_CHECKING:
    from interview.cluster.events import Event, Finished

HELP = Bilingual(
    zh="从 PostgreSQL 队列取答案来判；机器越多越快。只判题库和程序版本都相同的。"
    "退出码：0 按要求结束，2 连不上或题库变了，3 评分程序出错。",
    en="Grade answers from a queue on PostgreSQL; more machines grade faster. Takes only those of "
    "its own bank and version. Exit 0: ended as asked; 2: no database, or the bank changed; "
    "3: the grader failed.",
)
QueueOption = Annotated[
    str,
    typer.Option(
        "--queue",
        metavar="URL",
        help=say(
            zh="队列所在的 PostgreSQL 地址：postgresql://用户@主机/数据库。",
            en="The queue's database: postgresql://user@host/database.",
        ),
        show_default=False,
    ),
]
JobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        min=1,
        max=1024,
        metavar="N",
        help=say(zh="同时判几份，默认等于核数。", en="How many at a time; all cores by default."),
    ),
]
UntilEmptyOption = Annotated[
    bool,
    typer.Option(
        "--until-empty",
        help=say(zh="队列空了就结束。", en="End when the queue is empty."),
    ),
]
PatienceOption = Annotated[
    float,
    typer.Option(
        "--patience",
        metavar="SECONDS",
        min=5,
        max=3600,
        help=say(
            zh="别的工作进程多少秒没有动静就算丢失，接手它的任务。",
            en="Take over from a worker that has been silent for so long.",
        ),
    ),
]


def command(
    queue: QueueOption,
    jobs: JobsOption = None,
    patience: PatienceOption = 30.0,
    *,
    until_empty: UntilEmptyOption = False,
    unsafe: UnsafeOption = False,
    bank: BankOption = None,
) -> None:
    """Grade what is in the queue."""
    from interview.bank.load import load_bank
    from interview.cluster.database import read_address
    from interview.cluster.events import Finished
    from interview.cluster.worker import Settings, work
    from interview.paths import bank_root

    address = read_address(queue)
    require_sandbox(unsafe=unsafe)
    questions = load_bank(bank_root(bank))
    settings = Settings(jobs or os.cpu_count() or 1, patience, until_empty)
    finished = 0

    def tell(event: "Event") -> None:
        nonlocal finished
        finished += isinstance(event, Finished)
        _tell(event, address.shown)

    work(address, questions, settings, tell)
    typer.echo(say(zh=f"判了 {finished} 份。", en=f"{finished} graded."))


def _tell(event: "Event", place: str) -> None:
    """Print one line of what happened: results to standard output, the rest to standard error."""
    from interview.cluster import events

    match event:
        case events.Ready(count):
            typer.echo(
                say(
                    zh=f"从 {place} 取任务，能判 {count} 道题；Ctrl-C 结束。",
                    en=f"Taking jobs from {place}; exercises known: {count}. Ctrl-C ends.",
                )
            )
        case events.Finished():
            typer.echo(_line(event))
        case events.ForOthers(count):
            _warn(
                zh=f"有 {count} 个任务要的是别的题库或程序版本，留给别的工作进程。",
                en=f"Jobs for another bank or version, left for other workers: {count}.",
            )
        case events.Retaken(count):
            _warn(
                zh=f"有工作进程丢失，把它手里的 {count} 个任务放回了队列。",
                en=f"A worker was lost; jobs put back into the queue: {count}.",
            )
        case events.Disconnected(error):
            from interview.cli.app import report_error

            report_error(error)
            _warn(zh="稍后重新连接…", en="Connecting again in a moment…")
        case events.Stopping():
            _warn(zh="判完手里的就结束…", en="Finishing what is in hand…")


def _line(event: "Finished") -> str:
    from interview.render.grades import reason

    name = f"{event.key.exercise} {event.key.submission[:12]}"
    if event.report is None:
        message = event.trouble[interface_language()] if event.trouble else ""
        return f"! {name} {message}"
    mark = "✓" if event.report["passed"] else "✗"
    return f"{mark} {name} {event.report['score']:.0%} {reason(event.report)}".rstrip()


def _warn(*, zh: str, en: str) -> None:
    typer.echo(say(zh=zh, en=en), err=True)
