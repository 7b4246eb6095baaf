"""Where the candidate stands: what was answered, how it went last, and what is due."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from interview.review.model import Rating, Review
from interview.review.store import read_reviews


@dataclass(frozen=True, slots=True)
class Progress:
    """`last` holds the latest rating of every question answered; `due` those due by the day."""

    last: Mapping[str, Rating] = field(default_factory=dict)
    due: frozenset[str] = frozenset()

    @property
    def answered(self) -> frozenset[str]:
        """The ids of all questions answered at least once."""
        return frozenset(self.last)


def progress(reviews: Iterable[Review], day: date) -> Progress:
    """Return where the candidate stands on that study day, after these reviews in order."""
    kept = list(reviews)
    if not kept:
        return Progress()
    from interview.review.schedule import overdue, replay

    last = {review.question: review.rating for review in kept}
    return Progress(last, frozenset(overdue(replay(kept).values(), day)))


def load_progress(path: Path, day: date) -> Progress:
    """Return where the candidate stands by the log at `path`, which is not created or changed.

    Raises:
        InterviewError: where the file is no log, or was written by a newer version.
    """
    return progress(read_reviews(path), day)
