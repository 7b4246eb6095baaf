"""`interview start EXERCISE`: write the starter file, never over an existing one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interview.cli.options import BankOption, LangOption
from interview.errors import UsageError
from interview.language import Bilingual, interface_language, say

if TYPE_CHECKING:
    from interview.bank.model import Question


def command(
    exercise: Annotated[
        str,
        typer.Argument(
            metavar="EXERCISE",
            help=say(zh="题目的 id 或片段。", en="An id or a part of it."),
            show_default=False,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help=say(zh="写到这个文件；默认是当前文件夹。", en="Where to write; here by default."),
        ),
    ] = None,
    lang: LangOption = None,
    bank: BankOption = None,
) -> None:
    """Write the starter file of an exercise."""
    from interview.bank.load import load_bank
    from interview.cli.check import find_exercise_by_name
    from interview.cli.output import console
    from interview.paths import bank_root
    from interview.render.question import question_prompt

    question = find_exercise_by_name(load_bank(bank_root(bank)), exercise)
    path = write_starter(question, out)
    languages = lang.languages() if lang else (interface_language(),)
    screen = console()
    screen.print(question_prompt(question, languages))
    screen.print()
    screen.print(
        say(
            zh=f"已写好 {path}。写完后运行：interview check {path}",
            en=f"Wrote {path}. When done: interview check {path}",
        )
    )


def starter_path(question: "Question", out: Path | None = None) -> Path:
    """Return where the starter goes: the exercise's name here, or in the folder `out`."""
    name = f"{question.slug.replace('-', '_')}.py"
    if out is None:
        return Path(name)
    return out / name if out.is_dir() else out


def write_starter(question: "Question", out: Path | None = None) -> Path:
    """Write the starter of an exercise and return its path.

    Raises:
        UsageError: where the file exists already.
    """
    path = starter_path(question, out)
    source = (question.folder / "starter.py").read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(source)
    except FileExistsError as error:
        raise UsageError(
            zh="文件已经存在，没有动它",
            en="the file exists already and was left alone",
            where=str(path),
            hint=Bilingual(
                zh=f"接着写它，或用 --out 换个名字；判分：interview check {path}",
                en=f"go on with it, or choose another with --out; to grade: interview check {path}",
            ),
        ) from error
    return path
