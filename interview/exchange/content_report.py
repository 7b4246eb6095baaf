"""What a bank holds, as one Markdown page: counts, sources, demos, exercises, contested points."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from interview.bank.model import Bank, Difficulty, Kind, Question, Tier

_ARXIV = re.compile(r"arXiv:(\d{4}\.\d{4,5})")
_RINGS = {
    0: "the seed itself",
    1: "residuals and normalization",
    2: "the rest of the Transformer",
    None: "none given",
}


def content_report(bank: Bank) -> str:
    """Return the report of a bank; the same bank always gives the same text."""
    questions = list(bank)
    exercises = [one for one in questions if one.exercise]
    parts = [
        "# What the bank holds",
        "Made by `interview bank report`; do not edit it by hand.",
        _totals(questions, exercises),
        "## By topic and kind",
        _cross_table(questions, "topic", lambda one: one.topic),
        "## By ring and difficulty",
        _rings(questions),
        "## Exercises",
        _exercises(exercises),
        "## Curves",
        _listed(one for one in questions if one.chart),
        "## Contested",
        "What the literature does not agree on; these questions teach both sides.",
        _listed(one for one in questions if "contested" in one.tags),
        "## Sources",
        _sources(questions),
    ]
    return "\n\n".join(parts) + "\n"


def _totals(questions: Sequence[Question], exercises: Sequence[Question]) -> str:
    demos = sum(one.demo is not None for one in questions)
    chained = sum(one.question is not None for each in questions for one in each.follow_ups)
    follow_ups = sum(len(one.follow_ups) for one in questions)
    curves = sum(one.chart is not None for one in questions)
    seeded = sum(one.seed is not None for one in questions)
    lines = [
        f"{len(questions)} questions in Chinese and English, {len(exercises)} of them exercises",
        f"{demos} with a demo whose output the tests compare with the answer",
        f"{curves} with a curve that `interview demo` draws",
        f"{follow_ups} follow-ups, {chained} of which are questions of the bank",
        f"{seeded} come from the seed or its errors",
    ]
    return "\n".join(f"- {line}" for line in lines)


def _cross_table(questions: Sequence[Question], title: str, of: Callable[[Question], str]) -> str:
    counts = Counter((of(one), one.kind) for one in questions)
    rows = [
        [name, *(str(counts[name, kind] or "") for kind in Kind)] for name in _names(questions, of)
    ]
    rows.append(["**all**", *(str(sum(one.kind is kind for one in questions)) for kind in Kind)])
    for row, name in zip(rows, [*_names(questions, of), None], strict=True):
        row.append(str(sum(name is None or of(one) == name for one in questions)))
    return _table([title, *Kind, "all"], rows)


def _names(questions: Sequence[Question], of: Callable[[Question], str]) -> list[str]:
    return sorted({of(one) for one in questions})


def _rings(questions: Sequence[Question]) -> str:
    rows = []
    for ring, name in _RINGS.items():
        inside = [one for one in questions if one.ring == ring]
        if inside:
            counts = [sum(one.difficulty is level for one in inside) for level in Difficulty]
            label = name if ring is None else f"{ring}: {name}"
            rows.append([label, *map(str, counts), str(len(inside))])
    return _table(["ring", *Difficulty, "all"], rows)


def _exercises(exercises: Sequence[Question]) -> str:
    rows = []
    for one in exercises:
        checks = one.exercise.checks if one.exercise else ()
        core = sum(check.tier is Tier.CORE for check in checks)
        controls = [str(len(list((one.folder / name).glob("*.py")))) for name in ("wrong", "right")]
        entries = one.exercise.entries if one.exercise else ()
        names = ", ".join(f"`{name}`" for name in entries)
        rows.append([one.id, names, f"{len(checks)} ({core} core)", *controls])
    return _table(["exercise", "asks for", "checks", "wrong", "right"], rows)


def _listed(questions: Iterable[Question]) -> str:
    return "\n".join(f"- `{one.id}`: {one.title.en}" for one in questions) or "None."


def _sources(questions: Sequence[Question]) -> str:
    """Return the papers by how many questions cite them, then how many other sources there are."""
    papers: Counter[str] = Counter()
    others = set()
    for one in questions:
        cited = {paper for source in one.sources for paper in _ARXIV.findall(source)}
        papers.update(cited)
        others |= {source for source in one.sources if not _ARXIV.search(source)}
    rows = [
        [f"arXiv:{paper}", str(count)]
        for paper, count in sorted(papers.items(), key=lambda item: (-item[1], item[0]))
    ]
    head = f"{len(papers)} papers on arXiv and {len(others)} other sources (documentation, code, "
    head += "issues, papers elsewhere)."
    return f"{head}\n\n{_table(['paper', 'questions'], rows)}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
