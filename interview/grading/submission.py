"""Reading a candidate's file without running it: its text, its syntax, the names it defines."""

import ast
import re
import tokenize
from dataclasses import dataclass
from pathlib import Path

from interview.errors import UsageError
from interview.language import Bilingual

MAX_BYTES = 64 << 10


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """Where a file stops being Python, and why."""

    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class Submission:
    """A file as handed in; `tree` is None where it does not parse, and `fault` says why."""

    path: Path
    source: str
    tree: ast.Module | None
    fault: SyntaxFault | None = None

    def names(self) -> tuple[str, ...]:
        """Return what the file defines at its top level; by its look where it does not parse."""
        if self.tree:
            return tuple(_top_level_names(self.tree))
        return tuple(re.findall(r"^(?:class|def)\s+(\w+)", self.source, flags=re.MULTILINE))

    def own_names(self) -> tuple[str, ...]:
        """Return the names that the file defines itself, without those that it imports."""
        if self.tree is None:
            return self.names()
        imported = {
            one.asname or one.name
            for node in self.tree.body
            if isinstance(node, ast.Import | ast.ImportFrom)
            for one in node.names
        }
        return tuple(name for name in self.names() if name not in imported)

    def line(self, number: int | None) -> str | None:
        """Return a line of the source, without its indentation; None where there is none."""
        lines = self.source.splitlines()
        return lines[number - 1].strip() if number and number <= len(lines) else None


def read_submission(path: Path) -> Submission:
    """Read and parse a file, without running it.

    Raises:
        UsageError: where there is no such file, or it is no text, or far too long.
    """
    return parse_submission(path, _read_source(path))


def parse_submission(path: Path, source: str) -> Submission:
    """Parse a text that came from `path`, without running it."""
    try:
        return Submission(path, source, ast.parse(source, filename=str(path)))
    except SyntaxError as error:
        fault = SyntaxFault(error.lineno or 1, error.offset or 1, error.msg)
    except (ValueError, RecursionError, MemoryError) as error:
        fault = SyntaxFault(1, 1, str(error))
    return Submission(path, source, None, fault)


def _read_source(path: Path) -> str:
    try:
        if path.is_dir():
            raise UsageError(
                zh="这是文件夹，不是文件", en="this is a folder, not a file", where=str(path)
            )
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(zh="文件超过 64 KiB", en="the file is over 64 KiB", where=str(path))
        with tokenize.open(path) as stream:
            source = stream.read()
        source.encode()  # an odd encoding may decode to what is no text
        return source  # noqa: TRY300 - the line above is what is tried
    except FileNotFoundError as error:
        raise UsageError(
            zh="没有这个文件",
            en="there is no such file",
            where=str(path),
            hint=Bilingual(
                zh="`interview start 题目` 可以写出起始文件",
                en="`interview start EXERCISE` writes a starter file",
            ),
        ) from error
    except (SyntaxError, UnicodeError, LookupError) as error:
        raise UsageError(
            zh="文件不是 UTF-8 文本", en="the file is not UTF-8 text", where=str(path)
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(
            zh=f"读不了这个文件：{reason}", en=f"cannot read the file: {reason}", where=str(path)
        ) from error


def _top_level_names(tree: ast.Module) -> list[str]:
    names: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [target.id for target in node.targets if isinstance(target, ast.Name)]
        elif isinstance(node, ast.If | ast.Try):
            names += _top_level_names(ast.Module(body=node.body, type_ignores=[]))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names += [one.asname or one.name for one in node.names]
    return names
