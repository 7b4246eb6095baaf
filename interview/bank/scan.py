"""Which files of a bank are questions, and which have no business there."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from interview.bank.faults import START, Fault, Findings
from interview.bank.model import QUESTION_ID, SLUG
from interview.bank.source import report_os_error
from interview.language import Bilingual

QUESTION_FILE = "question.yaml"
SCHEMA_FILE = "schema.json"
GLOSSARY_FILE = "glossary.yaml"

_SLUG = re.compile(SLUG)
_ID = re.compile(QUESTION_ID)
_YAML = (".yaml", ".yml")


class Found(NamedTuple):
    """A question file: its id, where it lies in its bank, and what tells whether it changed."""

    id: str
    root: Path
    name: str  # relative to the root, with forward slashes
    modified: int  # nanoseconds
    size: int  # bytes

    @property
    def path(self) -> Path:
        """The path of the file."""
        return self.root / self.name

    @property
    def in_own_folder(self) -> bool:
        """Whether the question has a folder of its own, as an exercise must."""
        return self.name.endswith(f"/{QUESTION_FILE}")


@dataclass(frozen=True, slots=True)
class Scan:
    """The question files of a bank in the order of their ids, and the faults met on the way."""

    found: tuple[Found, ...]
    faults: tuple[Fault, ...]


def scan_bank(root: Path) -> Scan:
    """Return what lies under `root/questions`."""
    walker = _Walker(root)
    walker.folder("questions", "", frozenset())
    return Scan(tuple(sorted(walker.found)), tuple(walker.faults))


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
    def __init__(self, root: Path) -> None:
        self.found: list[Found] = []
        self.faults: list[Fault] = []
        self._root = root
        self._names: dict[str, str] = {}

    def folder(self, name: str, topic: str, above: frozenset[object]) -> None:
        """Note the questions of one folder and those below; `above` are the folders around it."""
        folder = self._root / name
        try:
            status = folder.stat()
            inside = {entry.name: entry for entry in entries(folder)}
        except OSError as error:
            self._report(name, partial(report_os_error, error))
            return
        identity = (status.st_dev, status.st_ino)
        if identity in above:
            self._report(name, _report_loop)
        elif topic and QUESTION_FILE in inside:
            self._question(inside.pop(QUESTION_FILE), f"{name}/{QUESTION_FILE}", topic)
            for other in inside:
                if other.endswith(_YAML):
                    self._report(f"{name}/{other}", report_misplaced)
        elif topic and inside.keys() & {"starter.py", "suite.py"}:
            self._report(name, _report_no_question)
        else:
            for entry in inside.values():
                self._entry(entry, f"{name}/{entry.name}", topic, above | {identity})

    def _entry(
        self, entry: os.DirEntry[str], name: str, topic: str, above: frozenset[object]
    ) -> None:
        try:
            is_folder = entry.is_dir()
        except OSError as error:
            self._report(name, partial(report_os_error, error))
            return
        stem, suffix = os.path.splitext(entry.name)  # noqa: PTH122 (a Path for each file is slow)
        inner = f"{topic}/{stem}" if topic else stem
        if is_folder:
            self.folder(name, f"{topic}/{entry.name}" if topic else entry.name, above)
        elif topic and suffix == ".yaml":
            self._question(entry, name, inner)
        elif topic or entry.name not in {SCHEMA_FILE, GLOSSARY_FILE}:
            self._report(name, report_misplaced if suffix in _YAML else report_stray)

    def _question(self, entry: os.DirEntry[str], name: str, question_id: str) -> None:
        if not _ID.fullmatch(question_id):
            self._report(name, partial(_report_id, question_id))
        if "/" not in question_id:
            return
        first = self._names.setdefault(question_id, name)
        if first != name:
            self._report(name, partial(_report_twice, question_id, first))
        try:
            status = entry.stat()
        except OSError as error:
            self._report(name, partial(report_os_error, error))
            return
        self.found.append(Found(question_id, self._root, name, status.st_mtime_ns, status.st_size))

    def _report(self, name: str, report: Callable[[Findings], None]) -> None:
        findings = Findings(self._root / name)
        report(findings)
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


def _report_id(question_id: str, findings: Findings) -> None:
    if "/" not in question_id:
        findings.add(
            "misplaced",
            START,
            zh="题目要放在主题文件夹里",
            en="a question belongs in the folder of its topic",
            hint=Bilingual(
                zh=f"放到 questions/<主题>/<短名>/{QUESTION_FILE}",
                en=f"put it at questions/<topic>/<slug>/{QUESTION_FILE}",
            ),
        )
    for part in question_id.split("/"):
        if not _SLUG.fullmatch(part):
            _report_slug(part, findings)


def _report_twice(question_id: str, first: str, findings: Findings) -> None:
    findings.add(
        "duplicate-id",
        START,
        zh=f"id {question_id} 已经属于 {first}",
        en=f"the id {question_id} belongs to {first} already",
        hint=Bilingual(zh="其中一个改名", en="rename one of the two"),
    )


def _report_no_question(findings: Findings) -> None:
    findings.add(
        "exercise-files",
        START,
        zh=f"编程题的文件夹里没有 {QUESTION_FILE}",
        en=f"the folder of an exercise without its {QUESTION_FILE}",
    )


def _report_loop(findings: Findings) -> None:
    findings.add(
        "symlink-loop",
        START,
        zh="符号链接指回了上级文件夹",
        en="the symbolic link leads back to a folder above it",
        hint=Bilingual(zh="删掉这个链接", en="remove the link"),
    )


def _report_slug(part: str, findings: Findings) -> None:
    findings.add(
        "slug",
        START,
        zh=f"名字“{part}”写法不对",
        en=f'"{part}" is no slug',
        hint=Bilingual(
            zh="只用小写字母、数字和连字符", en="use lower-case letters, digits and hyphens"
        ),
    )
