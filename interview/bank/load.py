"""A bank from its folder, through the cache."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from interview.bank.build import build_question
from interview.bank.cache import Entry, encode, read_cache, write_cache
from interview.bank.faults import Fault, in_order
from interview.bank.model import Bank, Question
from interview.bank.scan import Found, scan_bank
from interview.errors import UsageError
from interview.language import Bilingual
from interview.paths import default_bank

_SHOWN = 3  # faults in one error; the rest is counted


def load_bank(root: Path, *, cache: bool = True) -> Bank:
    """Return the bank that lies in `root`.

    A question that falls short of the standard but can be asked is loaded; `check_bank` tells.

    Raises:
        UsageError: where a file under `questions/` cannot be used; it names the first faults.

    """
    scan = scan_bank(root)
    stored = read_cache(root) if cache else {}
    faults = [fault for fault in scan.faults if not fault.usable]
    entries: dict[str, tuple[Found, Entry]] = {}
    with _collection_put_off():
        for found in scan.found:
            entry = stored.get(found.name)
            if entry is None or not entry.fits(found):
                entry, blocking = _parse(found)
                faults.extend(blocking)
            if entry is not None:
                entries[found.id] = (found, entry)
    if faults:
        raise _unusable(root, in_order(faults))
    fresh = {found.name: entry for found, entry in entries.values()}
    if cache and fresh != stored:
        write_cache(root, fresh)
    return Bank(root=root, questions=Questions(entries))


@contextmanager
def _collection_put_off() -> Iterator[None]:
    """Hold the garbage collector: it would search thousands of live questions again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _parse(found: Found) -> tuple[Entry | None, list[Fault]]:
    from interview.bank.check import judge_usable

    parsed, faults = judge_usable(found)
    if parsed is None:
        return None, faults
    return Entry(found.modified, found.size, encode(parsed.values)), []


def _unusable(root: Path, faults: list[Fault]) -> UsageError:
    command = "interview bank check"
    if root.resolve() != default_bank().resolve():
        command += f" --bank {root}"
    first, *others = faults
    also = others[: _SHOWN - 1]
    uncounted = len(others) - len(also)
    lines_zh = [f"  {_place(one)}：{one.message.zh}" for one in also]
    lines_en = [f"  {_place(one)}: {one.message.en}" for one in also]
    if uncounted:
        lines_zh.append(f"  还有 {uncounted} 处")
        lines_en.append(f"  and {uncounted} more")
    return UsageError(
        zh="\n".join([first.message.zh, *lines_zh]),
        en="\n".join([first.message.en, *lines_en]),
        where=_place(first),
        hint=Bilingual(
            zh=f"运行 {command} 查看全部错误和改法",
            en=f"`{command}` shows every fault and what to do about it",
        ),
    )


def _place(fault: Fault) -> str:
    return f"{fault.path}:{fault.line}:{fault.column}"


class Questions(Mapping[str, Question]):
    """The questions of a bank by id, each built when it is first asked for."""

    def __init__(self, entries: Mapping[str, tuple[Found, Entry]]) -> None:
        self._entries = entries
        self._built: dict[str, Question] = {}

    def __getitem__(self, question_id: str) -> Question:
        if question_id not in self._built:
            found, entry = self._entries[question_id]
            self._built[question_id] = build_question(question_id, found.path, entry.decoded())
        return self._built[question_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, question_id: object) -> bool:
        return question_id in self._entries
