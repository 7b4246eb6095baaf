"""Python source as it stands in a bank: parsed, never run."""

import ast
import io
import tokenize
import warnings
from dataclasses import dataclass
from pathlib import Path

from interview.bank.faults import Findings, Mark


@dataclass(frozen=True, slots=True)
class NotPython:
    """Why and where a text is not Python."""

    why: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Module:
    """A Python file that was parsed, and what was found in it."""

    findings: Findings
    text: str
    tree: ast.Module

    @property
    def path(self) -> Path:
        """The path of the file."""
        return self.findings.path


def parse_python(text: str) -> ast.Module | NotPython:
    """Return the syntax tree of `text`, or why it has none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        return NotPython(error.msg, Mark(max(error.lineno or 1, 1), max(error.offset or 1, 1)))
    except (ValueError, RecursionError, MemoryError) as error:
        return NotPython(str(error) or type(error).__name__, Mark(1, 1))


def first_comment(text: str) -> tuple[str, Mark] | None:
    """Return the first comment of `text` and its place, None where there is none."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                return token.string, Mark(token.start[0], token.start[1] + 1)
    except (tokenize.TokenError, SyntaxError):
        pass
    return None


def defined_names(tree: ast.Module) -> set[str]:
    """Return the names that a module defines at its top level."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.ImportFrom | ast.Import):
            names.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    return names


def functions(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return the functions that a module defines at its top level, in their order."""
    return [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
