"""`interview doctor`: what this machine lets the program do, and where it keeps things."""

import platform

import typer

from interview.cli.options import JsonOption
from interview.errors import ExitCode
from interview.language import Bilingual, interface_language, say

HELP = Bilingual(
    zh="逐项试这台机器上的沙箱。退出码：0 齐全，1 有缺。",
    en="Try each protection of the sandbox here. Exit 0: all hold; 1: some do not.",
)
_MEANING = {
    "files": Bilingual(
        zh="只能读 Python 和 torch，只能写自己的临时文件夹",
        en="reads only Python and torch, writes only a temporary folder of its own",
    ),
    "network": Bilingual(zh="不能用网络", en="has no network"),
    "processes": Bilingual(zh="不能启动进程和线程", en="starts no process and no thread"),
    "signals": Bilingual(zh="不能向别的进程发信号", en="signals no other process"),
    "memory": Bilingual(zh="内存有上限", en="has a limit on memory"),
    "cpu-time": Bilingual(zh="CPU 时间有上限", en="has a limit on CPU time"),
    "file-size": Bilingual(zh="文件大小有上限", en="has a limit on the size of a file"),
    "open-files": Bilingual(zh="打开的文件数有上限", en="has a limit on open files"),
    "core-dumps": Bilingual(zh="崩溃时不写转储文件", en="leaves no core dump"),
    "privileges": Bilingual(zh="没有特权，也得不到特权", en="has no privileges and gains none"),
}


def command(*, json: JsonOption = False) -> None:
    """Try each protection of the sandbox."""
    from interview import paths
    from interview.grading.confinement import PROTECTIONS, find_protections
    from interview.grading.grader import server_process

    held = set(find_protections())
    places = {
        "bank": str(paths.default_bank()),
        "progress": str(paths.progress_file()),
        "cache": str(paths.cache_folder()),
    }
    if json:
        from interview.cli.output import emit_json

        emit_json(
            {
                "protections": {name: name in held for name in PROTECTIONS},
                "warm": server_process(),
                "paths": places,
            }
        )
    else:
        _print(held, places)
    raise typer.Exit(ExitCode.PASSED if held >= set(PROTECTIONS) else ExitCode.FAILED)


def _print(held: set[str], places: dict[str, str]) -> None:
    from interview.grading.confinement import PROTECTIONS

    lang = interface_language()
    typer.echo(
        say(
            zh=f"沙箱（{platform.system()} {platform.release()}）：一份代码答案在其中",
            en=f"The sandbox ({platform.system()} {platform.release()}): a submission in it",
        )
    )
    for name in PROTECTIONS:
        lacking = "" if name in held else say(zh="（这里没有）", en=" (not here)")
        typer.echo(f"  {'✓' if name in held else '✗'} {_MEANING[name][lang]}{lacking}")
    typer.echo(say(zh="文件夹", en="Folders"))
    for name, place in places.items():
        typer.echo(f"  {name:<9} {place}")
