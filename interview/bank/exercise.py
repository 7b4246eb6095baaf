"""Whether an exercise has all its files, each of them Python, and none too many."""

from pathlib import Path

from interview.bank.controls import judge_entry, judge_right, judge_wrong
from interview.bank.faults import START, Fault, Findings
from interview.bank.parse import Parsed
from interview.bank.python_code import Module, NotPython, parse_python
from interview.bank.scan import QUESTION_FILE, Found, entries, report_stray
from interview.bank.source import read_source, report_os_error
from interview.bank.suite_names import judge_suite
from interview.language import Bilingual

FEWEST = {"wrong": 10, "right": 5}

_FILES = frozenset({QUESTION_FILE, "starter.py", "suite.py", *FEWEST})


def judge_exercise(found: Found, parsed: Parsed, root: Path) -> list[Fault]:
    """Report what is wrong with an exercise's files, and where they contradict its question."""
    question = Findings(found.path)
    if not found.in_own_folder:
        _report_no_folder(found.path.stem, question)
        return question.faults
    folder = found.path.parent
    slug = found.id.rpartition("/")[2].replace("-", "_")
    shelf = _Shelf(question)
    shelf.judge_folder(folder, _FILES)
    for path in (folder / "starter.py", root / "solutions" / f"{slug}.py"):
        judge_entry(shelf.module(path), parsed)
    judge_suite(shelf.module(folder / "suite.py"), parsed, question)
    judge_wrong(shelf.modules(folder / "wrong"), parsed, question)
    judge_right(shelf.modules(folder / "right"), parsed)
    return shelf.faults()


def judge_own_folder(found: Found, *, unreadable: bool) -> list[Fault]:
    """Report the files beside a question that is no exercise, or may be one."""
    shelf = _Shelf(Findings(found.path))
    shelf.judge_folder(found.path.parent, _FILES if unreadable else frozenset({QUESTION_FILE}))
    return shelf.faults()


def _report_no_folder(slug: str, findings: Findings) -> None:
    findings.add(
        "exercise-files",
        START,
        zh="编程题要有自己的文件夹",
        en="an exercise needs a folder of its own",
        hint=Bilingual(
            zh=f"移到 {slug}/{QUESTION_FILE}，和 starter.py、suite.py 放在一起",
            en=f"move it to {slug}/{QUESTION_FILE}, next to starter.py and suite.py",
        ),
    )


class _Shelf:
    """The files of one exercise, and what was found in each."""

    def __init__(self, question: Findings) -> None:
        self._question = question
        self._all = [question]

    def faults(self) -> list[Fault]:
        return [fault for findings in self._all for fault in findings.faults]

    def module(self, path: Path) -> Module | None:
        """Return a Python file, None where it cannot be read."""
        if not path.exists() and not path.is_symlink():
            name = f"solutions/{path.name}" if path.parent.name == "solutions" else path.name
            self._question.add("exercise-files", START, zh=f"缺少 {name}", en=f"{name} is missing")
            return None
        findings = self._findings(path)
        source = read_source(path, findings)
        if source is None:
            return None
        tree = parse_python(source.text)
        if isinstance(tree, NotPython):
            zh, en = f"不是合法的 Python：{tree.why}", f"not Python: {tree.why}"
            findings.add("exercise-files", tree.mark, zh=zh, en=en)
            return None
        return Module(findings, source.text, tree)

    def modules(self, folder: Path) -> list[Module]:
        """Return the Python files of a folder, and report where there are too few."""
        names = [name for name in self._names(folder) if name.endswith(".py")]
        self._report_strays(folder, set(self._names(folder)) - set(names))
        fewest = FEWEST[folder.name]
        if len(names) < fewest:
            self._question.add(
                "exercise-files",
                START,
                zh=f"{folder.name}/ 里有 {len(names)} 个实现，至少要 {fewest} 个",
                en=f"{folder.name}/ holds {len(names)} implementations; {fewest} are wanted",
            )
        found = [self.module(folder / name) for name in names]
        return [module for module in found if module]

    def judge_folder(self, folder: Path, known: frozenset[str]) -> None:
        """Report what does not belong in a folder; stray questions are reported by the scan."""
        others = set(self._names(folder)) - known
        self._report_strays(folder, {one for one in others if not one.endswith((".yaml", ".yml"))})

    def _names(self, folder: Path) -> list[str]:
        try:
            return [entry.name for entry in entries(folder)] if folder.is_dir() else []
        except OSError as error:
            report_os_error(error, self._findings(folder))
            return []

    def _report_strays(self, folder: Path, names: set[str]) -> None:
        for name in names:
            report_stray(self._findings(folder / name))

    def _findings(self, path: Path) -> Findings:
        findings = Findings(path)
        self._all.append(findings)
        return findings
