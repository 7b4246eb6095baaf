"""Attacks on the grader: each file of `hostile/` is graded and watched, as root and as a user.

The comments on top of an attack say what it does and what must come of it:

    # attack: its name, the file's
    # idea: how it means to win
    # must: not-pass | flag | survive; why. What must only be survived computes rightly and may pass
    # limit: seconds that the exercise gives it (4 where nothing is said)
    # variants: how many times it is graded, with VARIANT at 0, 1, 2, …
    # outcome: outcomes that are its answer, where they are others than the usual
    # after: what is graded before it
    # append: a Python expression whose text stands at its end
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
from tests.grading.seat import ORDINARY_USER, SLEEP, NoSeat, Observation, Seat

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or landlock.version() == 0,
    reason="this system has no Landlock: a submission is not confined",
)

FOLDER = Path(__file__).parent / "hostile"
KIT = (FOLDER / "kit.py").read_text(encoding="utf-8")
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


ATTACKS = [read_attack(path) for path in sorted(FOLDER.glob("*.py")) if path.name != "kit.py"]
CASES = [
    pytest.param(attack, variant, id=f"{attack.name}-{variant}")
    for attack in ATTACKS
    for variant in range(int(attack.fields.get("variants", 1)))
]


def submission(text: str, seat: Seat, variant: int = 0) -> str:
    """Return an attack's text with the kit in it, and the places and numbers of the seat."""
    kit = KIT.replace("VARIANT = 0", f"VARIANT = {variant}").replace("SLEEP_SECONDS", SLEEP)
    for name in ("canary", "bank"):
        kit = kit.replace(f"{name.upper()}_FOLDER", str(seat.folder / name))
    numbers = seat.things["memory"], seat.things["queue"], seat.things["name"]
    kit = kit.replace('= -1, -1, ""', f"= {numbers}")
    return re.sub(r"^from kit import .*$", lambda _: kit, text, count=1, flags=re.MULTILINE)


@pytest.fixture(scope="session")
def seats() -> Iterator[dict[str, Seat]]:
    """Hold the clients that have been started, each with a grader that stays warm."""
    started: dict[str, Seat] = {}
    yield started
    for one in started.values():
        one.close()


@pytest.fixture(params=["as this user", "as an ordinary user"])
def seat(request: pytest.FixtureRequest, seats: dict[str, Seat]) -> Seat:
    """Return a client: this user's, and where that is root an ordinary user's as well."""
    other = request.param != "as this user"
    if other and os.geteuid() != 0:
        pytest.skip("this is an ordinary user already")
    if request.param not in seats:
        try:
            started = Seat(ORDINARY_USER if other else None)
        except NoSeat as error:
            if not other:
                raise
            pytest.skip(f"cannot run Python as another user here: {error}")
        seats[request.param] = started
        started.grade(submission(RIGHT, started), 20)
    return seats[request.param]


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
    """Yield everything that is not as it must be, whatever the attack."""
    yield from seen.changes
    if seen.error:
        yield f"the grader failed: {seen.error}"
    shown = json.dumps(seen.report)
    outcome = seen.report["outcome"] if seen.report else "refused"
    if outcome not in attack.outcomes and not seen.error:
        yield f"{outcome}: {seen.report and seen.report['error']}: the attack did not get to run"
    times = {"wall": seen.wall, "report": seen.report["seconds"] if seen.report else 0.0}
    yield from (f"{n}: {s:.2f} s" for n, s in times.items() if s > attack.limit + 1)
    if seen.largest > MOST_MEMORY:
        yield f"a process of {seen.largest >> 20} MiB"
    if len(shown) > LONGEST_REPORT:
        yield f"a report of {len(shown)} characters"
    if not all(map(printable, texts(seen.report))):
        yield "the report holds characters that cannot be printed"
    if seat.secret in shown:
        yield "the report holds the suite's secret"
    if seen.report and "breach: " in seen.report["output"]:
        yield seen.report["output"][:2000]


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


@pytest.mark.parametrize(("attack", "variant"), CASES)
def test_an_attack_comes_to_nothing(
    attack: Attack, variant: int, seat: Seat, listeners: list[socket.socket]
) -> None:
    """It forges no pass, ends in time, and leaves no process, file, message or trace."""
    if "after" in attack.fields:
        seat.grade(submission(RIGHT, seat), LIMIT)
    source = submission(attack.text, seat, variant)
    if "append" in attack.fields:
        source += eval(attack.fields["append"], {"VARIANT": variant}) + "\n"
    seen = seat.grade(source, attack.limit)
    found = list(faults(seen, seat, attack))
    if seen.report and attack.must != "survive" and seen.report["passed"]:
        found.append("it passed")
    if seen.report and attack.must == "flag" and rule_result(seen.report) != "failed":
        found.append("the forbidden call was not flagged")
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


def test_later_verdicts_are_what_they_were(seat: Seat) -> None:
    """After all that, the same grader passes a right submission and fails a wrong one."""
    right, wrong = (seat.grade(submission(text, seat), LIMIT).report for text in (RIGHT, WRONG))
    assert right is not None
    assert wrong is not None
    assert (right["passed"], right["score"]) == (True, 1.0)
    assert (wrong["passed"], wrong["outcome"]) == (False, "judged")
    assert wrong["diagnosis"]["check"] == "zero-mean-unit-variance"
