"""The words of progress: a rating, and a review, the unit that is logged."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum

from interview.bank.model import Kind

ROLLOVER = timedelta(hours=4)


class Rating(IntEnum):
    """How well an answer came, with the numbers that FSRS and the keyboard use."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


@dataclass(frozen=True, slots=True)
class Review:
    """One answer to one question at one moment.

    `at` is in UTC. `day` is the study day where the candidate was: it is logged, not derived
    later, so that a replay gives the same dates on every machine and in every time zone.
    `correct` is None where the candidate alone judged the answer; `answer` is what was typed;
    `seconds` is the time from question to answer. `id` is the row of the store, 0 before that.
    """

    question: str
    at: datetime
    day: date
    kind: Kind
    rating: Rating
    correct: bool | None = None
    answer: str = ""
    seconds: float = 0.0
    id: int = 0

    @property
    def right(self) -> bool:
        """Whether the answer counts as known: checked right, or not rated Again."""
        return self.rating > Rating.AGAIN if self.correct is None else self.correct


def study_day(at: datetime) -> date:
    """Return the study day of an aware moment in its own time zone: a day begins at 4 a.m.

    Who studies past midnight is still in the same day, and meets nothing twice because of it.
    """
    return (at - ROLLOVER).date()
