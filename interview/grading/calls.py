"""Rules of an exercise that can be read off the text: which forbidden calls a submission makes.

The syntax tree is read in the judge's world, so what is found cannot be forged. Names are
followed through imports and simple assignments to their full dotted form. What hides the name
that it calls (`eval`, `torch.ops`, `getattr` with a computed name) is a forbidden call too: an
honest answer to an exercise that bans a function has no use for it.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_DISGUISES = (
    "torch.ops",
    "torch._C",
    "torch._VF",
    "torch._ops",
    "torch._refs",
    "torch._decomp",
    "torch._prims",
    "torch._dynamo",
    "torch._inductor",
    "torch.jit.CompilationUnit",
    "torch.library",
    "torch.overrides",
    "torch.fx",
    "torch.classes",
    "torch.utils.cpp_extension",
    "torch.load",
    "torch.serialization",
    "torch.testing",
    "torch.package",
    "importlib",
    "builtins",
    "ctypes",
    "gc",
    "inspect",
    "marshal",
    "pickle",
    "pkgutil",
    "sys.modules",
    "traceback",
    "weakref",
)
_DYNAMIC_BUILTINS = frozenset({"eval", "exec", "compile", "__import__", "globals", "locals"})
_OPEN_NAMESPACES = frozenset(
    {
        "__dict__",
        "__getattribute__",
        "__globals__",
        "__builtins__",
        "__subclasses__",
        "_getframe",
        "tb_frame",
        "f_back",
        "f_builtins",
        "f_globals",
        "f_locals",
    }
)
_BY_NAME = frozenset({"getattr", "vars", "attrgetter", "methodcaller"})


@dataclass(frozen=True, slots=True)
class ForbiddenCall:
    """A forbidden name in use, in its full dotted form, and the line where it stands.

    `disguised` is set where the text does not say which function is called.
    """

    name: str
    line: int
    disguised: bool = False


def forbidden_calls(tree: ast.Module, forbids: Iterable[str]) -> list[ForbiddenCall]:
    """Return every use of a forbidden name in the order of lines, one for each line and name.

    `forbids` holds full dotted names; a name also forbids the same last part as an attribute of
    anything under `torch` (`torch.ops.aten.native_layer_norm` for `torch.native_layer_norm`),
    as a constant string given to `getattr`, and as the base of a class.
    """
    forbidden = set(forbids)
    last_parts = {name.rpartition(".")[2] for name in forbidden}
    aliases = _aliases(tree)
    plain = {
        ForbiddenCall(name, line)
        for name, line in _names_in_use(tree, aliases)
        if name in forbidden or _reaches(name, last_parts)
    }
    plain |= set(_through_stars(tree, last_parts, aliases))
    seen = {call.line for call in plain}
    hidden = {call for call in _disguises(tree, aliases) if call.line not in seen}
    return sorted(plain | hidden, key=lambda call: (call.disguised, call.line, call.name))


def _reaches(name: str, last_parts: set[str]) -> bool:
    parts = name.split(".")
    return parts[0] == "torch" and any(part in last_parts for part in parts[1:])


def _through_stars(
    tree: ast.Module, last_parts: set[str], aliases: dict[str, str]
) -> Iterator[ForbiddenCall]:
    """Yield bare names that an `import *` from torch may have brought."""
    stars = [
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module
        and node.module.startswith("torch")
        and any(one.name == "*" for one in node.names)
    ]
    own = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    }
    if not stars:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in last_parts - own - set(aliases):
            yield ForbiddenCall(f"{stars[0]}.{node.id}", node.lineno)


def _disguises(tree: ast.Module, aliases: dict[str, str]) -> Iterator[ForbiddenCall]:
    for name, line in _names_in_use(tree, aliases):
        if any(name == one or name.startswith(f"{one}.") for one in _DISGUISES):
            yield ForbiddenCall(name, line, disguised=True)
    for node in ast.walk(tree):
        for name in _hiding_names(node):
            line = getattr(node, "lineno", 1)
            yield ForbiddenCall(name, line, disguised=True)


def _hiding_names(node: ast.AST) -> Iterator[str]:
    """Yield what in this one node reaches for something that the text does not name."""
    if isinstance(node, ast.Name) and node.id in _DYNAMIC_BUILTINS:
        yield node.id
    elif isinstance(node, ast.Attribute) and node.attr in _OPEN_NAMESPACES:
        yield node.attr
    elif isinstance(node, ast.Call) and _looks_up_by_name(node):
        yield ast.unparse(node.func)
    elif isinstance(node, ast.MatchClass) and node.kwd_attrs:
        yield ast.unparse(node.cls)
    elif isinstance(node, ast.Import):
        names = (one.name for one in node.names)
        yield from (name for name in names if {name, name.partition(".")[0]} & set(_DISGUISES))


def _looks_up_by_name(node: ast.Call) -> bool:
    """Tell whether a call fetches an attribute whose name the text does not show."""
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", None)
    if name not in _BY_NAME:
        return False
    if name != "getattr":
        return bool(node.args)
    given = node.args[1:2]
    return not all(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in given)


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
