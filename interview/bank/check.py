"""Every fault of every file of a bank, at once."""

from dataclasses import dataclass
from pathlib import Path

from interview.bank.drift import judge_drift
from interview.bank.exercise import judge_exercise, judge_own_folder
from interview.bank.faults import START, Fault, Findings, in_order
from interview.bank.glossary import judge_entries, read_glossary
from interview.bank.links import Read, judge_links, judge_solutions, judge_titles
from interview.bank.model import Kind
from interview.bank.parse import Parsed, parse
from interview.bank.prose import judge_prose
from interview.bank.rules import judge_soundness, judge_standard
from interview.bank.scan import GLOSSARY_FILE, Found, scan_bank
from interview.bank.source import Source, read_source
from interview.bank.sourcing import judge_sourcing
from interview.bank.terms import Terms
from interview.language import Bilingual


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of a bank found, and how many question files it looked at."""

    faults: tuple[Fault, ...]
    questions: int


def check_bank(root: Path) -> list[Fault]:
    """Return every fault of the bank in `root`, sorted by path, line and column."""
    return list(inspect_bank(root).faults)


def inspect_bank(root: Path) -> Verdict:
    """Return every fault of the bank in `root`, and how many questions it holds."""
    scan = scan_bank(root)
    faults = list(scan.faults)
    ids = frozenset(found.id for found in scan.found)
    terms, own = _judge_glossary(root, ids)
    faults.extend(own)
    read: list[Read] = []
    for found in scan.found:
        parsed, own = _judge_file(found, root, terms)
        faults.extend(own)
        if parsed is not None:
            read.append(Read(found.id, found.path, parsed))
    faults += judge_links(read, ids)
    faults += judge_titles(read)
    faults += judge_solutions(root, read)
    if not scan.found and not faults:
        faults += _empty_bank(root)
    return Verdict(tuple(in_order(faults)), len(scan.found))


def _judge_glossary(root: Path, ids: frozenset[str]) -> tuple[Terms | None, list[Fault]]:
    """Return the terms to hold the questions to, None where the bank has no glossary."""
    findings = Findings(root / "questions" / GLOSSARY_FILE)
    file = read_glossary(root, findings)
    if file is None:
        return None, findings.faults
    judge_prose(file.parsed.passages, file.source, findings)
    judge_drift(file.parsed.passages, file.source, findings)
    judge_entries(file, ids, findings)
    return Terms(file.glossary), findings.faults


def _judge_file(found: Found, root: Path, terms: Terms | None) -> tuple[Parsed | None, list[Fault]]:
    findings = Findings(found.path)
    source = read_source(found.path, findings)
    parsed = parse(source, findings) if source else None
    if source and parsed:
        _judge_content(source, parsed, findings, terms)
    faults = list(findings.faults)
    if parsed and parsed.values.get("kind") == Kind.CODE:
        faults += judge_exercise(found, parsed, root)
    elif found.in_own_folder:
        faults += judge_own_folder(found, unreadable=parsed is None)
    return parsed, faults


def _judge_content(source: Source, parsed: Parsed, findings: Findings, terms: Terms | None) -> None:
    judge_soundness(parsed, findings)
    judge_standard(parsed, findings)
    # Where a character was mended to read on, the text is no longer quite the author's.
    if all(fault.rule != "yaml-syntax" for fault in findings.faults):
        judge_prose(parsed.passages, source, findings)
    # A text that is spoilt differs from the other language's, and that is not what to mend.
    if findings.usable:
        judge_drift(parsed.passages, source, findings)
        judge_sourcing(parsed, source, findings)
        if terms:
            terms.judge(parsed.passages, source, findings)


def _empty_bank(root: Path) -> list[Fault]:
    findings = Findings(root / "questions")
    findings.add(
        "empty-bank",
        START,
        zh="题库里一道题也没有",
        en="the bank holds no question",
        hint=Bilingual(
            zh="题目放在 questions/<主题>/<短名>.yaml",
            en="put one at questions/<topic>/<slug>.yaml",
        ),
    )
    return findings.faults


def judge_usable(found: Found) -> tuple[Parsed | None, list[Fault]]:
    """Return a question's values, or None and the faults that keep it from being asked."""
    findings = Findings(found.path)
    source = read_source(found.path, findings)
    parsed = parse(source, findings) if source else None
    if parsed:
        judge_soundness(parsed, findings)
    blocking = [fault for fault in findings.faults if not fault.usable]
    return (None if blocking else parsed), blocking
