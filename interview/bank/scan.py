"""Which files of a bank are questions, and which have no business there."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from interview.bank.faults import START, Fault, Findings
from interview.bank.source import report_os_error
from interview.language import Bilingual

QUESTION_FILE = "question.yaml"
SCHEMA_FILE = "schema.json"

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_YAML = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Found:
    """A question file: its id, its path, and what tells whether it changed."""

    id: str
    path: Path
    modified: int  # nanoseconds
    size: int  # bytes

    @property
    def in_own_folder(self) -> bool:
        """Whether the question has a folder of its own, as an exercise must."""
        return self.path.name == QUESTION_FILE


@dataclass(frozen=True, slots=True)
class Scan:
    """The question files of a bank in the order of their ids, and the faults met on the way."""

    found: tuple[Found, ...]
    faults: tuple[Fault, ...]


def scan_bank(root: Path) -> Scan:
    """Return what lies under `root/questions`."""
    walker = _Walker()
    walker.folder(root / "questions", (), frozenset())
    return Scan(tuple(sorted(walker.found, key=lambda one: one.id)), tuple(walker.faults))


def ignored(name: str) -> bool:
    """Return whether tools leave such a file or folder about: hidden ones and byte code."""
    return name.startswith(".") or name == "__pycache__"


def entries(folder: Path) -> list[os.DirEntry[str]]:
    """Return what a folder holds, by name, without what tools leave about.

    Raises:
        OSError: where it cannot be read.

    """
    with os.scandir(folder) as found:
        return sorted((one for one in found if not ignored(one.name)), key=lambda one: one.name)


class _Walker:
    def __init__(self) -> None:
        self.found: list[Found] = []
        self.faults: list[Fault] = []
        self._ids: set[str] = set()

    def folder(self, folder: Path, topic: tuple[str, ...], above: frozenset[object]) -> None:
        """Note the questions of one folder and those below; `above` are the folders around it."""
        findings = Findings(folder)
        try:
            status = folder.stat()
            identity = (status.st_dev, status.st_ino)
            inside = entries(folder)
        except OSError as error:
            report_os_error(error, findings)
            inside = []
        else:
            if identity in above:
                _report_loop(findings)
                inside = []
        self.faults.extend(findings.faults)
        names = {entry.name for entry in inside}
        if topic and QUESTION_FILE in names:
            self._question(folder / QUESTION_FILE, topic)
            return
        if "suite.py" in names or "starter.py" in names:
            self._no_question(folder)
            return
        for entry in inside:
            self._entry(folder / entry.name, (*topic, entry.name), above | {identity})

    def _no_question(self, folder: Path) -> None:
        findings = Findings(folder)
        findings.add(
            "exercise-files",
            START,
            zh=f"编程题的文件夹里没有 {QUESTION_FILE}",
            en=f"the folder of an exercise without its {QUESTION_FILE}",
        )
        self.faults.extend(findings.faults)

    def _entry(self, path: Path, parts: tuple[str, ...], above: frozenset[object]) -> None:
        if path.is_dir():
            self.folder(path, parts, above)
        elif path.suffix == ".yaml" and len(parts) > 1:
            self._question(path, (*parts[:-1], path.stem))
        elif parts != (SCHEMA_FILE,):
            self._stray(path)

    def _question(self, path: Path, parts: tuple[str, ...]) -> None:
        findings = Findings(path)
        question_id = "/".join(parts)
        if len(parts) == 1:
            _report_no_topic(findings)
        elif question_id in self._ids:
            _report_twice(findings, question_id)
        else:
            self._ids.add(question_id)
            self._found(question_id, path, findings)
        for part in parts:
            _judge_slug(part, findings)
        self.faults.extend(findings.faults)

    def _found(self, question_id: str, path: Path, findings: Findings) -> None:
        try:
            status = path.stat()
        except OSError as error:
            report_os_error(error, findings)
            return
        self.found.append(Found(question_id, path, status.st_mtime_ns, status.st_size))

    def _stray(self, path: Path) -> None:
        findings = Findings(path)
        if path.suffix in _YAML:
            report_misplaced(findings)
        else:
            report_stray(findings)
        self.faults.extend(findings.faults)


def report_stray(findings: Findings) -> None:
    """Report a file that belongs to no question."""
    findings.add(
        "stray-file",
        START,
        zh="这个文件不属于任何题目",
        en="this file belongs to no question",
        hint=Bilingual(zh="移走或删掉它", en="move it away or delete it"),
    )


def report_misplaced(findings: Findings) -> None:
    """Report a YAML file that looks like a question and would never be found."""
    findings.add(
        "misplaced",
        START,
        zh="这个位置的 YAML 文件不会被当作题目",
        en="a YAML file in this place is never read as a question",
        hint=Bilingual(
            zh="放到 questions/<主题>/<短名>.yaml", en="put it at questions/<topic>/<slug>.yaml"
        ),
    )


def _report_no_topic(findings: Findings) -> None:
    findings.add(
        "misplaced",
        START,
        zh="题目要放在主题文件夹里",
        en="a question belongs in the folder of its topic",
        hint=Bilingual(
            zh="放到 questions/<主题>/<短名>/question.yaml",
            en="put it at questions/<topic>/<slug>/question.yaml",
        ),
    )


def _report_twice(findings: Findings, question_id: str) -> None:
    name = question_id.rpartition("/")[2]
    findings.add(
        "duplicate-id",
        START,
        zh=f"id {question_id} 已经属于 {name}.yaml",
        en=f"the id {question_id} belongs to {name}.yaml already",
        hint=Bilingual(zh="两个文件改一个名字", en="rename one of the two"),
    )


def _report_loop(findings: Findings) -> None:
    findings.add(
        "symlink-loop",
        START,
        zh="符号链接指回了上级文件夹",
        en="the symbolic link leads back to a folder above it",
        hint=Bilingual(zh="删掉这个链接", en="remove the link"),
    )


def _judge_slug(part: str, findings: Findings) -> None:
    if _SLUG.fullmatch(part):
        return
    findings.add(
        "slug",
        START,
        zh=f"名字“{part}”写法不对",
        en=f'"{part}" is no slug',
        hint=Bilingual(
            zh="只用小写字母、数字和连字符", en="use lower-case letters, digits and hyphens"
        ),
    )
