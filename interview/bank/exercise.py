"""Whether an exercise has all its files, and whether they agree with its question."""

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interview.bank.faults import START, Fault, Findings, Mark
from interview.bank.parse import Parsed
from interview.bank.python_code import (
    NotPython,
    defined_names,
    first_comment,
    functions,
    parse_python,
)
from interview.bank.rules import RESERVED_CHECKS
from interview.bank.scan import (
    QUESTION_FILE,
    Found,
    entries,
    report_misplaced,
    report_stray,
)
from interview.bank.source import read_source, report_os_error
from interview.language import Bilingual

FEWEST_WRONG, FEWEST_RIGHT = 10, 5

_FOLDERS = {"wrong": FEWEST_WRONG, "right": FEWEST_RIGHT}


@dataclass(frozen=True, slots=True)
class _Module:
    """A Python file of an exercise; `tree` is None where it could not be read as Python."""

    path: Path
    text: str
    tree: ast.Module | None


def judge_stray(found: Found) -> list[Fault]:
    """Report the files of a question's own folder that no question has."""
    return _judge_folder(found.path.parent, frozenset({QUESTION_FILE}))


def judge_exercise(found: Found, parsed: Parsed, root: Path) -> list[Fault]:
    """Report what is wrong with an exercise's files, and where they contradict its question."""
    if not found.in_own_folder:
        return _no_folder(found)
    return _Exercise(found, parsed, root).judge()


def _no_folder(found: Found) -> list[Fault]:
    findings = Findings(found.path)
    findings.add(
        "exercise-files",
        START,
        zh="编程题要有自己的文件夹",
        en="an exercise needs a folder of its own",
        hint=Bilingual(
            zh=f"移到 {found.path.stem}/{QUESTION_FILE}，和 starter.py、suite.py 放在一起",
            en=f"move it to {found.path.stem}/{QUESTION_FILE}, "
            "next to starter.py, suite.py, wrong/ and right/",
        ),
    )
    return findings.faults


def _judge_folder(folder: Path, known: frozenset[str]) -> list[Fault]:
    faults = []
    for entry in entries(folder):
        if entry.name not in known:
            findings = Findings(folder / entry.name)
            is_yaml = entry.name.endswith((".yaml", ".yml"))
            (report_misplaced if is_yaml else report_stray)(findings)
            faults.extend(findings.faults)
    return faults


class _Exercise:
    def __init__(self, found: Found, parsed: Parsed, root: Path) -> None:
        self._parsed = parsed
        self._folder = found.path.parent
        self._question = Findings(found.path)
        self._faults: list[Fault] = []
        slug = found.id.rpartition("/")[2]
        self._solution = root / "solutions" / f"{slug.replace('-', '_')}.py"
        contract = parsed.values.get("contract")
        self._entry = contract.get("entry") if isinstance(contract, dict) else None
        self._checks = _ids(parsed, "checks")
        self._misconceptions = _ids(parsed, "misconceptions")

    def judge(self) -> list[Fault]:
        known = frozenset({QUESTION_FILE, "starter.py", "suite.py", *_FOLDERS})
        self._faults.extend(_judge_folder(self._folder, known))
        self._judge_entry(self._module(self._folder / "starter.py"))
        self._judge_entry(self._module(self._solution))
        self._judge_suite(self._module(self._folder / "suite.py"))
        self._judge_wrong(self._controls("wrong"))
        self._judge_right(self._controls("right"))
        return self._faults + self._question.faults

    # ── files ────────────────────────────────────────────────────────────────────────────────

    def _module(self, path: Path) -> _Module | None:
        if not path.exists() and not path.is_symlink():
            where = path.relative_to(self._folder) if path.is_relative_to(self._folder) else None
            name = where or f"solutions/{path.name}"
            self._question.add("exercise-files", START, zh=f"缺少 {name}", en=f"{name} is missing")
            return None
        findings = Findings(path)
        source = read_source(path, findings)
        tree = parse_python(source.text) if source else None
        if isinstance(tree, NotPython):
            findings.add(
                "exercise-files",
                tree.mark,
                zh=f"不是合法的 Python：{tree.why}",
                en=f"not Python: {tree.why}",
            )
            tree = None
        self._faults.extend(findings.faults)
        return _Module(path, source.text, tree) if source else None

    def _controls(self, name: str) -> list[_Module]:
        folder = self._folder / name
        findings = Findings(folder)
        try:
            inside = entries(folder) if folder.is_dir() else []
        except OSError as error:
            report_os_error(error, findings)
            inside = []
        modules = []
        for entry in inside:
            if entry.name.endswith(".py"):
                modules.append(self._module(folder / entry.name))
            else:
                stray = Findings(folder / entry.name)
                report_stray(stray)
                self._faults.extend(stray.faults)
        self._faults.extend(findings.faults)
        self._judge_count(name, len(modules))
        return [module for module in modules if module]

    def _judge_count(self, name: str, count: int) -> None:
        if count < _FOLDERS[name]:
            self._question.add(
                "exercise-files",
                START,
                zh=f"{name}/ 里有 {count} 个实现，至少要 {_FOLDERS[name]} 个",
                en=f"{name}/ holds {count} implementations; at least {_FOLDERS[name]} are wanted",
            )

    # ── what they say ────────────────────────────────────────────────────────────────────────

    def _judge_entry(self, module: _Module | None) -> None:
        if module is None or module.tree is None or self._entry is None:
            return
        if self._entry not in defined_names(module.tree):
            self._note(
                module,
                START,
                zh=f"没有定义 {self._entry}，而 contract.entry 是它",
                en=f"does not define {self._entry}, which contract.entry names",
            )

    def _judge_suite(self, suite: _Module | None) -> None:
        if suite is None or suite.tree is None:
            return
        tests = {one.name: one for one in functions(suite.tree) if one.name.startswith("test")}
        wanted = {_test_name(check): (index, check) for index, check in enumerate(self._checks)}
        for name, (index, check) in wanted.items():
            if name not in tests:
                self._question.add(
                    "suite",
                    self._parsed.mark("checks", index, "id"),
                    zh=f"suite.py 里没有 {name}",
                    en=f"suite.py has no {name} for the check `{check}`",
                )
        for name, test in tests.items():
            if name not in wanted:
                self._note(
                    suite,
                    Mark(test.lineno, test.col_offset + 1),
                    zh=f"{name} 没有对应的检查项",
                    en=f"{name} belongs to no check of question.yaml",
                )
        self._judge_order(suite, tests, [name for name in wanted if name in tests])

    def _judge_order(self, suite: _Module, tests: dict[str, Any], wanted: list[str]) -> None:
        written = [name for name in tests if name in wanted]
        for expected, name in zip(wanted, written, strict=True):
            if expected != name:
                self._note(
                    suite,
                    Mark(tests[name].lineno, tests[name].col_offset + 1),
                    zh=f"次序与 checks 不同：这里应当是 {expected}",
                    en=f"not in the order of `checks`: {expected} belongs here",
                )
                return

    def _judge_wrong(self, modules: list[_Module]) -> None:
        stems = {module.path.stem: module for module in modules}
        for index, one in enumerate(self._misconceptions):
            if one.replace("-", "_") not in stems:
                self._question.add(
                    "exercise-files",
                    self._parsed.mark("misconceptions", index, "id"),
                    zh=f"缺少 wrong/{one.replace('-', '_')}.py",
                    en=f"wrong/{one.replace('-', '_')}.py is missing",
                )
        named = {one.replace("-", "_") for one in self._misconceptions}
        for stem, module in stems.items():
            if stem not in named:
                self._note(
                    module,
                    START,
                    zh="question.yaml 的 misconceptions 里没有它",
                    en="no misconception of question.yaml goes with this file",
                )
            self._judge_label(module)

    def _judge_label(self, module: _Module) -> None:
        comment = first_comment(module.text)
        text, mark = comment or ("", START)
        label, colon, check = text.lstrip("# ").partition(":")
        if label.strip() != "check" or not colon:
            self._note(
                module,
                mark,
                zh="第一条注释应当写明由哪一项检查发现：# check: <id>",
                en="the first comment should name the check that fails first: # check: <id>",
            )
        elif check.strip() not in {*self._checks, *RESERVED_CHECKS}:
            self._note(
                module,
                mark,
                zh=f"没有检查项 {check.strip()}",
                en=f"there is no check `{check.strip()}`",
            )

    def _judge_right(self, modules: list[_Module]) -> None:
        for module in modules:
            if not module.text.startswith("#"):
                self._note(
                    module,
                    START,
                    zh="开头应当有一条注释，说明与参考解有什么不同",
                    en="should begin with a comment that says how it differs from the solution",
                )
            self._judge_entry(module)

    def _note(self, module: _Module, mark: Mark, *, zh: str, en: str) -> None:
        findings = Findings(module.path)
        rule = "suite" if module.path.name == "suite.py" else "exercise-files"
        findings.add(rule, mark, zh=zh, en=en)
        self._faults.extend(findings.faults)


def _ids(parsed: Parsed, name: str) -> list[str]:
    return [one.get("id", "") for one in parsed.values.get(name, [])]


def _test_name(check: str) -> str:
    return f"test_{check.replace('-', '_')}"
