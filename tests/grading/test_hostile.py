"""Attacks on the grader: each file of `hostile/` is graded and watched, as root and as a user.

The comments on top of an attack say what it does and what must come of it:

    # attack: its name, the file's
    # idea: how it means to win
    # must: not-pass | flag | survive; why
    # limit: seconds that the exercise gives it (4 where nothing is said)
    # variants: how many times it is graded, with VARIANT at 0, 1, 2, …
    # outcome: outcomes that are its answer, where they are others than the usual
    # after: what is graded before it

What must be flagged breaks the rule of forbidden calls. Everything else is graded without that
rule, so that values alone decide; what must only be survived computes rightly, and may pass.
Where a file has parts headed `# %%`, each is graded for itself, after what all have in common;
`# %% append:` has a Python expression for its text.
"""

import json
import os
import re
import select
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from interview.grading import landlock
from interview.grading.confinement import PROTECTIONS
from tests.grading.seat import ORDINARY_USER, SLEEP, NoSeat, Observation, Seat, grade_at

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or landlock.version() == 0,
    reason="this system has no Landlock: a submission is not confined",
)

Seen = list[tuple[Seat, Observation]]
FOLDER = Path(__file__).parent / "hostile"
SHARED = {name: (FOLDER / f"{name}.py").read_text(encoding="utf-8") for name in ("kit", "forgery")}
ADDRESS = ("127.0.0.1", 45999)
LIMIT = 4.0
MOST_MEMORY = 2 << 30
LONGEST_REPORT = 100_000  # characters
RUN = frozenset({"judged", "timed_out", "ended", "protocol", "wrong_signature"})
EARLIER = "PLANTED_EARLIER_0123456789ab"
RIGHT = f"from kit import Right, Wrong\n\n\nclass LayerNorm(Right):  # {EARLIER}\n    pass\n"
WRONG = RIGHT.replace("(Right)", "(Wrong)")


@dataclass(frozen=True, slots=True)
class Attack:
    """One file of the corpus: its text, and what its comments ask for."""

    name: str
    text: str
    fields: dict[str, str] = field(hash=False)

    @property
    def must(self) -> str:
        """Return the word that says what must come of it."""
        return self.fields["must"].partition(";")[0]

    @property
    def limit(self) -> float:
        """Return the seconds it is given."""
        return float(self.fields.get("limit", LIMIT))

    @property
    def outcomes(self) -> frozenset[str]:
        """Return the outcomes that are an answer to it."""
        told = self.fields.get("outcome")
        return frozenset(told.split(", ")) if told else RUN


def read_attack(path: Path) -> Attack:
    text = path.read_text(encoding="utf-8")
    head = re.match(r"(?:# .*\n)+", text)
    assert head, path
    return Attack(path.stem, text, dict(re.findall(r"^# ([a-z]+): (.*)$", head[0], re.MULTILINE)))


def variants(attack: Attack) -> Iterator[tuple[int, str]]:
    """Yield each number for VARIANT, with the text that goes with it."""
    common, *parts = re.split(r"^# %% ", attack.text, flags=re.MULTILINE)
    for number, part in enumerate(parts):
        made = re.match(r"append: (.*)", part)
        yield number, common + (eval(made[1]) if made else f"# {part}") + "\n"
    if not parts:
        for number in range(int(attack.fields.get("variants", 1))):
            yield number, attack.text


ATTACKS = [read_attack(path) for path in sorted(FOLDER.glob("*.py")) if path.stem not in SHARED]
CASES = [
    pytest.param(attack, variant, text, id=f"{attack.name}-{variant}")
    for attack in ATTACKS
    for variant, text in variants(attack)
]


def submission(text: str, seat: Seat, variant: int = 0) -> str:
    """Return an attack's text with what it imports, and the places and numbers of the seat."""
    kit = SHARED["kit"].replace("VARIANT = 0", f"VARIANT = {variant}")
    kit = kit.replace("SLEEP_SECONDS", SLEEP)
    for name in ("canary", "bank"):
        kit = kit.replace(f"{name.upper()}_FOLDER", str(seat.folder / name))
    numbers = seat.things["memory"], seat.things["queue"], seat.things["name"]
    texts = {**SHARED, "kit": kit.replace('= -1, -1, ""', f"= {numbers}")}
    imports = r"^from (kit|forgery) import .*$"
    return re.sub(imports, lambda found: texts[found[1]], text, flags=re.MULTILINE)


@dataclass(slots=True)
class Seats:
    """The clients that grade: this user's, and an ordinary user's where this one is root."""

    started: list[Seat]
    missing: str  # why there is no other user's

    def grade(self, text: str, variant: int = 0, limit: float = LIMIT, **options: bool) -> Seen:
        """Have a text graded at every seat."""
        sources = [submission(text, seat, variant) for seat in self.started]
        seen = grade_at(self.started, sources, limit, **options)
        return list(zip(self.started, seen, strict=True))


@pytest.fixture(scope="session")
def seats() -> Iterator[Seats]:
    """Start the clients, each with a grader that stays warm from the first submission on."""
    made = Seats([Seat()], "" if os.geteuid() == 0 else "this is an ordinary user already")
    if not made.missing:
        try:
            made.started.append(Seat(ORDINARY_USER))
        except NoSeat as error:
            made.missing = f"Python cannot be run as another user here: {error}"
    for _ in range(2):  # the second waits until all is loaded
        made.grade(RIGHT, limit=20)
    yield made
    for one in made.started:
        one.close()


@pytest.fixture(scope="session")
def listeners() -> Iterator[list[socket.socket]]:
    """Listen where attacks send to, beside whoever else runs these tests."""
    made = [socket.socket(socket.AF_INET, kind) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)]
    for one in made:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        one.bind(ADDRESS)
    made[0].listen()
    yield made
    for one in made:
        one.close()


def texts(data: object) -> Iterator[str]:
    """Yield every string in a report."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for one in data.values() if isinstance(data, dict) else data:
            yield from texts(one)


def printable(text: str) -> bool:
    return all(c == "\n" or c.isprintable() for c in text)


def faults(seen: Observation, seat: Seat, attack: Attack) -> Iterator[str]:
    """Yield everything that is not as it must be."""
    yield from seen.changes
    if seen.error:
        yield f"the grader failed: {seen.error}"
    # By the judge's clock; the caller's also counts what other tests on this machine take.
    judged = seen.report["seconds"] if seen.report else 0.0
    if judged > attack.limit + 1 or seen.wall > attack.limit + 4:
        yield f"it took {seen.wall:.2f} s, by the report {seen.report and seen.report['seconds']} s"
    if seen.largest > MOST_MEMORY:
        yield f"a process of {seen.largest >> 20} MiB"
    outcome = seen.report["outcome"] if seen.report else "refused"
    if outcome not in attack.outcomes and not seen.error:
        yield f"{outcome}: {seen.report and seen.report['error']}: the attack did not get to run"
    if seen.report:
        yield from report_faults(seen.report, seat, attack)


def report_faults(report: dict[str, Any], seat: Seat, attack: Attack) -> Iterator[str]:
    """Yield what a report must not say."""
    shown = json.dumps(report)
    if report["passed"] and attack.must != "survive":
        yield "it passed"
    if attack.must == "flag" and rule_result(report) != "failed":
        yield "the forbidden call was not flagged"
    if len(shown) > LONGEST_REPORT:
        yield f"a report of {len(shown)} characters"
    if not all(map(printable, texts(report))):
        yield "the report holds characters that cannot be printed"
    if seat.secret in shown:
        yield "the report holds the suite's secret"
    if "breach: " in report["output"]:
        yield report["output"][:2000]


def rule_result(report: dict[str, Any]) -> str:
    """Return the status of the rule of forbidden calls."""
    return next(str(one["status"]) for one in report["checks"] if one["id"] == "allowed-calls")


def test_every_attack_says_what_must_come_of_it() -> None:
    """The comments on top of each file are complete, and its name is its own."""
    for attack in ATTACKS:
        assert attack.fields["attack"] == attack.name
        assert attack.fields["idea"]
        assert attack.must in {"not-pass", "flag", "survive"}
        assert attack.fields["must"].partition("; ")[2], attack.name


@pytest.mark.parametrize(("attack", "variant", "text"), CASES)
def test_an_attack_comes_to_nothing(
    attack: Attack, variant: int, text: str, seats: Seats, listeners: list[socket.socket]
) -> None:
    """It forges no pass, ends in time, and leaves no process, file, message or trace."""
    if "after" in attack.fields:
        seats.grade(RIGHT)
    graded = seats.grade(text, variant, attack.limit, rules=attack.must == "flag")
    found = [
        f"as {seat.name}: {one}" for seat, seen in graded for one in faults(seen, seat, attack)
    ]
    if select.select(listeners, [], [], 0)[0]:
        found.append("something came over the network")
        drain(listeners)
    assert found == []


def drain(listeners: list[socket.socket]) -> None:
    """Take in what came, so that it is not laid at the next attack's door."""
    for one in select.select(listeners, [], [], 0)[0]:
        if one.type == socket.SOCK_STREAM:
            one.accept()[0].close()
        else:
            one.recv(1 << 16)


def test_later_verdicts_are_what_they_were(seats: Seats) -> None:
    """After all that, the same graders pass a right submission and fail a wrong one."""
    for right, wrong in zip(seats.grade(RIGHT), seats.grade(WRONG), strict=True):
        passed, failed = right[1].report, wrong[1].report
        assert passed is not None
        assert failed is not None
        assert (passed["passed"], passed["score"]) == (True, 1.0)
        assert (failed["passed"], failed["outcome"]) == (False, "judged")
        assert failed["diagnosis"]["check"] == "zero-mean-unit-variance"


def test_root_grades_as_nobody() -> None:
    """Where root grades, and others may read Python, a submission runs under a user of its own."""
    if os.geteuid() != 0:
        pytest.skip("only root can give a process to another user")
    way = {*Path(sys.prefix).parents, *Path(sys.base_prefix).resolve().parents}
    private = [one for one in sorted(way) if not one.stat().st_mode & 0o001]
    if private:
        pytest.skip(f"only root may enter {private[0]}, where this Python lies")
    try:
        seat = Seat(0)
    except NoSeat as error:
        pytest.skip(f"Python cannot be shown to other users here: {error}")
    told = RIGHT.replace("Right, Wrong", "Right, Wrong, breach, os")
    told = told.replace("class", "breach(f'as {os.getresuid()} {os.getgroups()}')\n\n\nclass")
    (seen,) = grade_at([seat], [submission(told, seat)], 20)
    seat.close()
    assert seen.report is not None
    assert seen.report["passed"]
    assert seen.report["protections"] == list(PROTECTIONS)
    assert re.fullmatch(r"breach: as \((6\d{4}), \1, \1\) \[\]\n", seen.report["output"])


def test_it_ran_as_an_ordinary_user_as_well(seats: Seats) -> None:
    """Where these tests run as root, the corpus was graded as an ordinary user too."""
    if seats.missing:
        pytest.skip(seats.missing)
    assert [seat.name for seat in seats.started] == ["root", "another user"]
