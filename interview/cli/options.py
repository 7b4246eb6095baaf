"""Options that several commands take, written once."""

from pathlib import Path
from typing import Annotated

import typer

from interview.bank.model import Difficulty, Kind
from interview.language import LangChoice, say

BankOption = Annotated[
    Path | None,
    typer.Option(
        "--bank",
        metavar="DIR",
        help=say(
            zh="用另一个题库（含 questions/ 的文件夹）。",
            en="Use another bank (a folder with questions/).",
        ),
    ),
]
LangOption = Annotated[
    LangChoice | None,
    typer.Option(
        "--lang",
        help=say(zh="题目和界面的语言。", en="Language of questions and interface."),
    ),
]
JsonOption = Annotated[
    bool,
    typer.Option("--json", help=say(zh="输出 JSON，供程序读取。", en="Print JSON for programs.")),
]
TopicOption = Annotated[
    list[str] | None,
    typer.Option(
        "--topic",
        "-t",
        metavar="TOPIC",
        help=say(zh="只要这个主题的题，可重复。", en="Only this topic; may be repeated."),
    ),
]
KindOption = Annotated[
    list[Kind] | None,
    typer.Option(
        "--kind",
        "-k",
        help=say(zh="只要这种题型，可重复。", en="Only this kind; may be repeated."),
    ),
]
DifficultyOption = Annotated[
    list[Difficulty] | None,
    typer.Option(
        "--difficulty",
        "-d",
        help=say(zh="只要这个难度，可重复。", en="Only this difficulty; may be repeated."),
    ),
]
TagOption = Annotated[
    list[str] | None,
    typer.Option(
        "--tag",
        metavar="TAG",
        help=say(
            zh="只要有这个标签的题，可重复。", en="Only questions with this tag; may be repeated."
        ),
    ),
]
