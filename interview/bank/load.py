"""A bank from its folder, through the cache."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from interview.bank.build import build_question
from interview.bank.cache import Entry, encode, read_cache, write_cache
from interview.bank.faults import Fault, in_order
from interview.bank.model import Bank, Question
from interview.bank.scan import Found, scan_bank
from interview.errors import UsageError
from interview.language import Bilingual

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
    for found in scan.found:
        entry = stored.get(found.name)
        if entry is None or not entry.fits(found):
            entry, blocking = _parse(found)
            faults.extend(blocking)
        if entry is not None:
            entries[found.id] = (found, entry)
    if faults:
        raise _unusable(in_order(faults))
    fresh = {found.name: entry for found, entry in entries.values()}
    if cache and fresh != stored:
        write_cache(root, fresh)
    return Bank(root=root, questions=Questions(entries))


def _parse(found: Found) -> tuple[Entry | None, list[Fault]]:
    from interview.bank.check import judge_usable

    parsed, faults = judge_usable(found)
    if parsed is None:
        return None, faults
    return Entry(found.modified, found.size, encode(parsed.values)), []


def _unusable(faults: list[Fault]) -> UsageError:
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
            zh="运行 interview bank check 查看全部错误和改法",
            en="`interview bank check` shows every fault and what to do about it",
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
