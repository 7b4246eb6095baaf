"""When to meet a question again: FSRS over whole study days, recomputed from the log alone.

The `fsrs` package does the mathematics. Around it stand four rules of our own:

- A question is due on a date, not at an hour. FSRS counts whole days, so it is given the study
  days' midnights instead of the moments.
- After Again a question is due at once, until it is passed. Another pass on the same day is
  practice: it is logged and moves nothing, so that cramming does not look like memory.
- An answer ahead of its day never brings the next one nearer, unless it was Again.
- Intervals are spread a little so that questions learnt together come back apart; the spread is
  derived from the question and its repetitions, so a replay repeats it.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from interview.errors import UsageError
from interview.language import Bilingual
from interview.review.model import Rating, Review

if TYPE_CHECKING:
    from fsrs import Card, Scheduler

RETENTION = 0.9
_RETENTIONS = (0.7, 0.97)
_LONGEST = 36_500
_EXAM_SPREAD = 0.2


@dataclass(frozen=True, slots=True)
class Memory:
    """What the schedule knows of one question.

    `due` is a study day. `stability` is in days: how long until recall falls to 90 %.
    `difficulty` runs from 1 to 10. `repetitions` counts the reviews that moved the schedule,
    `lapses` the days on which a question once known was forgotten.
    """

    question: str
    due: date
    stability: float
    difficulty: float
    repetitions: int
    lapses: int
    last_review: date
    last_rating: Rating


@dataclass(frozen=True, slots=True)
class Plan:
    """What intervals aim at: a chance of recall when due, and the interview if it has a date."""

    retention: float = RETENTION
    exam: date | None = None


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A study day to come, and how many questions are due on it."""

    day: date
    questions: int


def plan(*, retention: float = RETENTION, exam: date | None = None, today: date) -> Plan:
    """Return a plan whose values make sense on `today`.

    Raises:
        UsageError: for a retention outside 0.7-0.97, or an interview that has been.
    """
    low, high = _RETENTIONS
    if not low <= retention <= high:
        raise UsageError(
            zh=f"记住的概率要在 {low} 到 {high} 之间，不能是 {retention:g}",
            en=f"retention must lie between {low} and {high}, not {retention:g}",
            where="--retention",
            hint=Bilingual(
                zh="0.9 合适；越高，复习越频繁", en="0.9 suits most; higher means more reviews"
            ),
        )
    if exam is not None and exam < today:
        raise UsageError(
            zh=f"面试日期 {exam} 已经过去",
            en=f"the interview date {exam} has passed",
            where="--exam",
        )
    return Plan(retention, exam)


def replay(reviews: Iterable[Review], plan: Plan | None = None) -> dict[str, Memory]:
    """Return the memory of every question ever reviewed, from the reviews in their order."""
    memories: dict[str, Memory] = {}
    for review in reviews:
        name = review.question
        memories[name] = advance(memories.get(name), name, review.rating, review.day, plan)
    return memories


def preview(
    memory: Memory | None, question: str, day: date, plan: Plan | None = None
) -> dict[Rating, date]:
    """Return the day on which the question would be due after each rating given on `day`."""
    return {
        rating: due_day(advance(memory, question, rating, day, plan), plan) for rating in Rating
    }


def advance(
    memory: Memory | None, question: str, rating: Rating, day: date, plan: Plan | None = None
) -> Memory:
    """Return the memory after one review on `day`; None stands for a question never seen."""
    plan = plan or Plan()
    if memory is None:
        return _reviewed(None, question, rating, day, plan)
    # A clock set back, or a review imported late, must not make time run backwards.
    day = max(day, memory.last_review)
    same_day = day == memory.last_review
    if same_day and rating > Rating.AGAIN and memory.last_rating > Rating.AGAIN:
        return memory
    after = _reviewed(memory, question, rating, day, plan)
    ahead = day < memory.due and not same_day
    if ahead and rating > Rating.AGAIN and after.due < memory.due:
        return replace(after, due=memory.due)
    return after


def due_day(memory: Memory, plan: Plan | None = None) -> date:
    """Return when a question is due under a plan: before the interview, where it has a date.

    What would come later is spread over the last fifth of the time that is left.
    """
    if plan is None or plan.exam is None or memory.last_review >= plan.exam:
        return memory.due
    left = (plan.exam - memory.last_review).days
    spread = _share(memory.question, memory.repetitions) * _EXAM_SPREAD * left
    latest = memory.last_review + timedelta(days=max(1, left - 1 - round(spread)))
    return min(memory.due, latest)


def overdue(memories: Iterable[Memory], day: date, plan: Plan | None = None) -> list[str]:
    """Return the ids that are due on `day`, the most overdue first."""
    due = [(due_day(memory, plan), memory.question) for memory in memories]
    return [question for when, question in sorted(due) if when <= day]


def upcoming(memories: Iterable[Memory], day: date, plan: Plan | None = None) -> Upcoming | None:
    """Return the next study day after `day` on which something is due, and how much."""
    days = Counter(when for each in memories if (when := due_day(each, plan)) > day)
    return Upcoming(min(days), days[min(days)]) if days else None


def _reviewed(
    memory: Memory | None, question: str, rating: Rating, day: date, plan: Plan
) -> Memory:
    import fsrs

    at = _midnight(day)
    card, _ = _scheduler(plan.retention).review_card(_card(memory), fsrs.Rating(int(rating)), at)
    repetitions = memory.repetitions + 1 if memory else 1
    passed = rating > Rating.AGAIN
    days = _spread((card.due - at).days, _share(question, repetitions)) if passed else 0
    forgotten = memory is not None and rating is Rating.AGAIN and memory.last_rating > Rating.AGAIN
    return Memory(
        question=question,
        due=day + timedelta(days=days),
        stability=card.stability or 0.0,
        difficulty=card.difficulty or 0.0,
        repetitions=repetitions,
        lapses=(memory.lapses if memory else 0) + forgotten,
        last_review=day,
        last_rating=rating,
    )


def _card(memory: Memory | None) -> "Card":
    from fsrs import Card, State

    # Without an id a card draws one from the clock, and sleeps a millisecond to keep it unique.
    if memory is None:
        return Card(card_id=1)
    return Card(
        card_id=1,
        state=State.Review,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=_midnight(memory.due),
        last_review=_midnight(memory.last_review),
    )


@lru_cache(maxsize=8)
def _scheduler(retention: float) -> "Scheduler":
    from fsrs import Scheduler

    # No learning steps: repeating within the day is the session's work. No fuzz: it would draw
    # from the global random state, and two replays of one log would disagree.
    return Scheduler(
        desired_retention=retention,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=_LONGEST,
        enable_fuzzing=False,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _share(question: str, repetitions: int) -> float:
    """Return a number in [0, 1) that looks random and is the same in every replay."""
    digest = hashlib.blake2b(f"{question} {repetitions}".encode(), digest_size=4).digest()
    return int.from_bytes(digest) / 2**32


def _spread(days: int, share: float) -> int:
    """Return `days` moved by up to 15 % of the first week, 10 % of the next two, 5 % beyond."""
    if days < 3:
        return days
    room = sum(
        part * max(0.0, min(days, end) - start)
        for start, end, part in ((2.5, 7, 0.15), (7, 20, 0.1), (20, _LONGEST, 0.05))
    )
    return min(_LONGEST, max(2, round(days + (2 * share - 1) * (1 + room))))
