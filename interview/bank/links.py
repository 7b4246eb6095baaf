"""Rules over the whole bank: ids that lead nowhere, circles, titles and solutions used twice."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from interview.bank.faults import START, Fault, Findings, Mark
from interview.bank.model import Kind
from interview.bank.parse import Parsed
from interview.bank.scan import entries, report_stray
from interview.language import Bilingual, Lang


@dataclass(frozen=True, slots=True)
class Read:
    """A question file that was read: its values may be incomplete."""

    id: str
    path: Path
    parsed: Parsed


def judge_links(questions: list[Read], ids: frozenset[str]) -> list[Fault]:
    """Report references to nothing or to the question itself, and circles in `requires`.

    `ids` are those of every question file, the unreadable ones too.
    """
    faults: list[Fault] = []
    for question in questions:
        findings = Findings(question.path)
        for target, mark in _references(question.parsed):
            _judge_reference(question.id, target, mark, ids, findings)
        _judge_follow_ups(question.id, question.parsed, findings)
        faults.extend(findings.faults)
    return faults + _circles(questions)


def _references(parsed: Parsed) -> Iterator[tuple[str, Mark]]:
    for field in ("follow_ups", "requires"):
        for index, target in enumerate(parsed.values.get(field, [])):
            if isinstance(target, str):
                yield target, parsed.mark(field, index)


def _judge_reference(
    own: str, target: str, mark: Mark, ids: frozenset[str], findings: Findings
) -> None:
    if target == own:
        findings.add(
            "self-reference", mark, zh="题目指向了自己", en="the question points at itself"
        )
    elif target not in ids:
        hint = _nearest(target, ids)
        findings.add(
            "dangling-id",
            mark,
            zh=f"没有题目 {target}",
            en=f"there is no question {target}",
            hint=hint,
        )


def _judge_follow_ups(own: str, parsed: Parsed, findings: Findings) -> None:
    """Report what is to be known before and asked after: it leads back, not on."""
    required = parsed.values.get("requires", [])
    for index, target in enumerate(parsed.values.get("follow_ups", [])):
        if target in required and target != own:
            findings.add(
                "required-follow-up",
                parsed.mark("follow_ups", index),
                zh=f"{target} 是先修题，不能又当追问",
                en=f"{target} is to be known first, so it cannot follow up",
                hint=Bilingual(zh="追问要往前走", en="a follow-up leads on"),
            )


@cache
def _nearest(target: str, ids: frozenset[str]) -> Bilingual | None:
    near = get_close_matches(target, sorted(ids), n=1, cutoff=0.8)
    return Bilingual(zh=f"是不是 {near[0]}？", en=f"did you mean {near[0]}?") if near else None


def _circles(questions: list[Read]) -> list[Fault]:
    """Report each circle of `requires` once, at its question with the smallest id."""
    required = {
        one.id: [target for target in one.parsed.values.get("requires", []) if target != one.id]
        for one in questions
    }
    faults: list[Fault] = []
    for question in questions:
        circle = _circle_from(question.id, required)
        if circle and question.id == min(circle):
            findings = Findings(question.path)
            index = question.parsed.values["requires"].index(circle[1])
            path = " → ".join(circle)
            findings.add(
                "requires-cycle",
                question.parsed.mark("requires", index),
                zh=f"requires 绕成了圈：{path}",
                en=f"`requires` goes in a circle: {path}",
            )
            faults.extend(findings.faults)
    return faults


def _circle_from(start: str, required: Mapping[str, list[str]]) -> list[str]:
    """Return the shortest way from `start` back to itself, empty where there is none."""
    ways = {start: [start]}
    front = [start]
    while front:
        following = []
        for one in front:
            for target in required.get(one, []):
                if target == start:
                    return [*ways[one], start]
                if target not in ways:
                    ways[target] = [*ways[one], target]
                    following.append(target)
        front = following
    return []


def judge_titles(questions: list[Read]) -> list[Fault]:
    """Report each title that an earlier question has already."""
    faults: list[Fault] = []
    for lang in Lang:
        first: dict[str, str] = {}
        for question in questions:
            title = question.parsed.values.get("title", {}).get(lang)
            if title is None:
                continue
            owner = first.setdefault(_same(title), question.id)
            if owner != question.id:
                findings = Findings(question.path)
                findings.add(
                    "duplicate-title",
                    question.parsed.mark("title", lang),
                    zh=f"标题与 {owner} 相同",
                    en=f"{owner} has this title already",
                )
                faults.extend(findings.faults)
    return faults


def _same(title: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", title).casefold().split())


def judge_solutions(root: Path, questions: list[Read]) -> list[Fault]:
    """Report solutions of no exercise, and exercises that would share one."""
    faults: list[Fault] = []
    owners: dict[str, str] = {}
    for question in questions:
        if question.parsed.values.get("kind") != Kind.CODE:
            continue
        slug = question.id.rpartition("/")[2]
        owner = owners.setdefault(f"{slug.replace('-', '_')}.py", question.id)
        if owner != question.id:
            findings = Findings(question.path)
            findings.add(
                "solution",
                START,
                zh=f"与 {owner} 共用 solutions/{slug.replace('-', '_')}.py",
                en=f"shares solutions/{slug.replace('-', '_')}.py with {owner}",
                hint=Bilingual(zh="其中一题改名", en="rename one of the two"),
            )
            faults.extend(findings.faults)
    return faults + _stray_solutions(root / "solutions", frozenset(owners))


def _stray_solutions(folder: Path, known: frozenset[str]) -> list[Fault]:
    faults: list[Fault] = []
    for entry in entries(folder) if folder.is_dir() else []:
        if entry.name not in known:
            findings = Findings(folder / entry.name)
            report_stray(findings)
            faults.extend(findings.faults)
    return faults
