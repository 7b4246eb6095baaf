"""The command line as a whole: which commands there are, and how every error ends.

A command's module is imported only when that command is called, so that no command pays for
another's imports. A module holds `command`, a function, or `app`, a group of commands, and
`HELP` where the line in the table here does not say enough.
"""

import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from interview import __version__
from interview.cli.help import translate_help, translate_usage_error
from interview.cli.options import LangOption
from interview.errors import ExitCode, InterviewError, UsageError
from interview.language import Bilingual, Lang, LangChoice, interface_language, say, use_language

COMMANDS: dict[str, tuple[str, Bilingual]] = {
    "quiz": (
        "interview.cli.quiz",
        Bilingual(zh="逐题提问，按遗忘规律复习", en="Ask questions; bring each back in time."),
    ),
    "check": (
        "interview.cli.check",
        Bilingual(zh="给一份代码答案评分，指出误解", en="Grade a coding answer; name its mistake."),
    ),
    "start": (
        "interview.cli.start",
        Bilingual(zh="写出一道编程题的起始文件", en="Write the starter file of an exercise."),
    ),
    "grade": (
        "interview.cli.grade",
        Bilingual(zh="给许多人的答案评分", en="Grade many people's answers."),
    ),
    "worker": (
        "interview.cli.worker",
        Bilingual(zh="在多台机器上判队列里的答案", en="Grade from a queue, on many machines."),
    ),
    "warm": (
        "interview.cli.warm",
        Bilingual(zh="让评分进程待命，判分立等可取", en="Keep a grader ready: check at once."),
    ),
    "list": (
        "interview.cli.list",
        Bilingual(zh="列出题目", en="List questions."),
    ),
    "show": (
        "interview.cli.show",
        Bilingual(zh="显示一道题，可连同答案", en="Show a question, with its answer on request."),
    ),
    "search": (
        "interview.cli.search",
        Bilingual(zh="在题目和答案里查找", en="Search questions and answers."),
    ),
    "demo": (
        "interview.cli.demo",
        Bilingual(zh="运行答案里的演示，画出曲线", en="Run an answer's demo; draw its curve."),
    ),
    "glossary": (
        "interview.cli.glossary",
        Bilingual(zh="中英术语对照", en="Terms in Chinese and English."),
    ),
    "topics": (
        "interview.cli.topics",
        Bilingual(zh="列出主题和进度", en="List topics and progress."),
    ),
    "doctor": (
        "interview.cli.doctor",
        Bilingual(zh="检查这台机器上的沙箱", en="Try the sandbox on this machine."),
    ),
    "bank": (
        "interview.cli.bank",
        Bilingual(
            zh="检查题库，报告内容，打印 JSON Schema", en="Check a bank; report on it; schema."
        ),
    ),
}


class CommandTable(TyperGroup):
    """A group that imports a command when it is asked for."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; a wrong name is told the near ones."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise _no_such_command(args[0])
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """Return the names, in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """Return the command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        return _load(cmd_name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """Write the table of commands without importing any."""
        lang = interface_language()
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary[lang]) for name, (_, summary) in COMMANDS.items()])

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help in the reader's language."""
        super().format_help(ctx, formatter)
        translate_help(formatter)


def _no_such_command(name: str) -> UsageError:
    import difflib

    near = difflib.get_close_matches(name, COMMANDS, n=3, cutoff=0.5)
    return UsageError(
        zh=f"没有命令 {name}",
        en=f"there is no command {name}",
        hint=Bilingual(
            zh=f"是不是 {'、'.join(near)}？" if near else "`interview --help` 列出全部命令",
            en=f"did you mean {', '.join(near)}?" if near else "`interview --help` lists them all",
        ),
    )


def _load(name: str) -> Any:
    module_name, summary = COMMANDS[name]
    module = import_module(module_name)
    if hasattr(module, "app"):
        group = cast("typer.Typer", module.app)
    else:
        group = typer.Typer(rich_markup_mode=None, add_completion=False)
        group.command(name)(module.command)
    loaded = typer.main.get_command(group)
    _translate(loaded)
    loaded.name = name
    loaded.help = getattr(module, "HELP", summary)[interface_language()]
    return loaded


def _translate(command: Any) -> None:
    """Have the help of a command, and of those below it, in the reader's language."""
    english = command.format_help

    def format_help(ctx: Any, formatter: Any) -> None:
        english(ctx, formatter)
        translate_help(formatter)

    command.format_help = format_help
    for below in getattr(command, "commands", {}).values():
        _translate(below)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"interview {__version__}")
        raise typer.Exit


def build() -> Any:
    """Return the whole command line as one command."""
    app = typer.Typer(
        name="interview",
        cls=CommandTable,
        rich_markup_mode=None,
        add_completion=True,
        no_args_is_help=True,
        help=say(
            zh="深度学习面试题库：提问、判代码、到快忘时再问。",
            en="A deep-learning interview question bank that asks, grades code, and reviews.",
        ),
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def root(
        *,
        lang: LangOption = None,
        version: bool = typer.Option(
            False,
            "--version",
            is_eager=True,
            callback=_show_version,
            help=say(zh="显示版本后退出。", en="Show the version and exit."),
        ),
    ) -> None:
        pass

    return typer.main.get_command(app)


def run(arguments: Sequence[str]) -> int:
    """Run one command line; return its exit code. Every error becomes one clear line."""
    _use_utf8()
    use_language(_language_asked_for(arguments))
    try:
        result = build().main(
            list(arguments) or ["--help"], prog_name="interview", standalone_mode=False
        )
        sys.stdout.flush()
    except InterviewError as error:
        report_error(error)
        return error.exit_code
    except TyperException as error:
        _complain(translate_usage_error(error), where=None, hint=_help_of(error))
        return ExitCode.USAGE
    except (KeyboardInterrupt, typer.Abort):
        return ExitCode.INTERRUPTED
    except OSError as error:
        return _os_error(error)
    except Exception as error:  # noqa: BLE001 - a defect of ours is told in one line as well
        return _own_fault(error)
    return int(result) if isinstance(result, int) else ExitCode.PASSED


def _language_asked_for(arguments: Sequence[str]) -> Lang | None:
    """Find `--lang` before any command is imported: its help is written in that language."""
    for index, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name != "--lang":
            continue
        wanted = value if equals else next(iter(arguments[index + 1 :]), "")
        if wanted in set(LangChoice) - {LangChoice.BOTH}:
            return Lang(wanted)
    return None


def _use_utf8() -> None:
    """Print Chinese wherever the locale's own encoding could not."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


def _help_of(error: TyperException) -> str:
    context = getattr(error, "ctx", None)
    name = context.command_path if context else "interview"
    return say(zh=f"用法见 `{name} --help`", en=f"see `{name} --help`")


def _own_fault(error: Exception) -> int:
    if os.environ.get("INTERVIEW_DEBUG"):
        raise error
    _complain(
        say(
            zh=f"程序自身的错误：{type(error).__name__}: {error}",
            en=f"a defect of this program: {type(error).__name__}: {error}",
        ),
        where=None,
        hint=say(
            zh="请附上设置 INTERVIEW_DEBUG=1 后的输出来报告",
            en="please report it with what INTERVIEW_DEBUG=1 makes it print",
        ),
    )
    return ExitCode.GRADER


def _os_error(error: OSError) -> int:
    if error.errno == errno.EPIPE:
        # The reader has left: say nothing, and keep the interpreter from flushing into the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.PASSED
    where = str(error.filename) if error.filename else None
    _complain(error.strerror or str(error), where=where, hint=None)
    return ExitCode.USAGE


def report_error(error: InterviewError) -> None:
    """Print an error as one line, and its hint as another."""
    lang = interface_language()
    _complain(error.message[lang], where=error.where, hint=error.hint[lang] if error.hint else None)


def _complain(message: str, *, where: str | None, hint: str | None) -> None:
    """Print `where: error: message`, and the hint on a line of its own, to standard error."""
    place = f"{where}: " if where else ""
    typer.echo(say(zh=f"{place}错误：{message}", en=f"{place}error: {message}"), err=True)
    if hint:
        typer.echo(say(zh=f"  提示：{hint}", en=f"  hint: {hint}"), err=True)
