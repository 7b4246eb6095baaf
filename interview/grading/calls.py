"""Rules of an exercise that can be read off the text: which forbidden calls a submission makes.

The syntax tree is read in the judge's world, so what is found cannot be forged. Names are
followed through imports and simple assignments to their full dotted form.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ForbiddenCall:
    """A forbidden name in use: its full dotted form and the line where it stands."""

    name: str
    line: int


def forbidden_calls(tree: ast.Module, forbids: Iterable[str]) -> list[ForbiddenCall]:
    """Return every use of a forbidden name in the order of lines, one for each line and name.

    `forbids` holds full dotted names; a name also forbids the same last part as an attribute of
    anything under `torch` (`torch.ops.aten.native_layer_norm` for `torch.native_layer_norm`),
    as a constant string given to `getattr`, and as the base of a class.
    """
    forbidden = set(forbids)
    last_parts = {name.rpartition(".")[2] for name in forbidden}
    aliases = _aliases(tree)
    found = {
        ForbiddenCall(name, line)
        for name, line in _names_in_use(tree, aliases)
        if name in forbidden or _reaches(name, last_parts)
    }
    return sorted(found, key=lambda call: (call.line, call.name))


def _reaches(name: str, last_parts: set[str]) -> bool:
    parts = name.split(".")
    return parts[0] == "torch" and any(part in last_parts for part in parts[1:])


def _aliases(tree: ast.Module) -> dict[str, str]:
    """Return what each imported or plainly re-assigned name stands for, in full."""
    aliases: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                top = one.name.partition(".")[0]
                aliases[one.asname or top] = one.name if one.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module:
            for one in node.names:
                aliases[one.asname or one.name] = f"{node.module}.{one.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, full = node.targets[0], _dotted(node.value, aliases)
            if isinstance(target, ast.Name) and full and full.startswith("torch"):
                aliases.setdefault(target.id, full)
    return aliases


def _names_in_use(tree: ast.Module, aliases: dict[str, str]) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for one in node.names:
                yield f"{node.module}.{one.name}", node.lineno
        elif isinstance(node, ast.Attribute | ast.Call):
            full = _dotted(node, aliases)
            if full:
                yield full, node.lineno
        elif isinstance(node, ast.Name) and node.id in aliases:
            yield aliases[node.id], node.lineno


def _dotted(node: ast.expr, aliases: dict[str, str]) -> str | None:
    """Return the full dotted name of an expression: a name, an attribute, `getattr(x, "y")`."""
    if isinstance(node, ast.Name):
        return aliases.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = _dotted(node.value, aliases)
        return f"{owner}.{node.attr}" if owner else None
    if _is_getattr(node) and isinstance(node, ast.Call):
        owner, name = _dotted(node.args[0], aliases), node.args[1]
        constant = isinstance(name, ast.Constant) and isinstance(name.value, str)
        return f"{owner}.{name.value}" if owner and constant else None  # type: ignore[attr-defined]
    return None


def _is_getattr(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "getattr"
        and len(node.args) >= 2
    )
