"""Questions and reviews to schedule, with only the fields that matter there."""

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from interview.bank.model import Difficulty, Kind, Question
from interview.language import Bilingual
from interview.review.model import Rating, Review

DAY = date(2026, 11, 23)
_TEXT = Bilingual(zh="无", en="none")


def question(name: str, **fields: Any) -> Question:
    """Return an easy recall question with some fields changed."""
    usual: dict[str, Any] = {
        "kind": Kind.RECALL,
        "difficulty": Difficulty.EASY,
        "title": _TEXT,
        "prompt": _TEXT,
        "answer": _TEXT,
        "sources": ("a source",),
    }
    return Question(id=name, path=Path(f"questions/{name}.yaml"), **usual | fields)


def review(name: str, rating: Rating = Rating.GOOD, day: date = DAY, **fields: Any) -> Review:
    """Return a recall review at noon of a day."""
    at = datetime.combine(day, time(12), tzinfo=UTC)
    return Review(name, at, day, **{"kind": Kind.RECALL, "rating": rating} | fields)
