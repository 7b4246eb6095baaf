"""A quiz as a value: what is still to be asked, what was answered, and how to go back.

Nothing here reads a clock, a file or a key. Every step returns a new session and leaves the old
one as it was, so that undoing is going back to it.
"""

import heapq
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from interview.bank.model import Kind, Question
from interview.review.model import Rating, Review
from interview.review.schedule import Memory, Plan, advance, due_day, overdue

# Far enough that the answer has left the mind, near enough to come in a short session.
_AGAIN_AFTER = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """How many questions a session may hold, and how many of them new; None is no limit."""

    count: int | None = None
    new: int | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """What a session still holds: seen before it, never seen, failed during it."""

    review: int
    new: int
    again: int


@dataclass(frozen=True, slots=True)
class Session:
    """A quiz in progress. `queue` holds each question to be asked once, the next one first.

    `total` is the number of questions it began with; `known` what was known of each question
    then, and `learnt` what has changed since; `reviews` what was answered, oldest first; `before`
    the session before the last step.
    """

    queue: tuple[str, ...]
    total: int
    plan: Plan
    known: Mapping[str, Memory]
    learnt: Mapping[str, Memory] = field(default_factory=dict)
    reviews: tuple[Review, ...] = ()
    skipped: tuple[str, ...] = ()
    before: "Session | None" = field(default=None, repr=False)

    @property
    def current(self) -> str | None:
        """The id of the question to ask now; None when all is done."""
        return self.queue[0] if self.queue else None

    @property
    def done(self) -> int:
        """How many questions have left the queue for good."""
        return self.total - len(self.queue)

    @property
    def left(self) -> Left:
        """What is still to be asked, the current question included."""
        failed = {review.question for review in self.reviews}
        again = sum(name in failed for name in self.queue)
        new = sum(name not in failed and name not in self.known for name in self.queue)
        return Left(review=len(self.queue) - again - new, new=new, again=again)

    @property
    def memories(self) -> dict[str, Memory]:
        """What is known of each question by now."""
        return {**self.known, **self.learnt}

    def memory(self, name: str) -> Memory | None:
        """Return what is known of a question by now; None where it was never answered."""
        return self.learnt.get(name) or self.known.get(name)

    def answer(self, review: Review) -> "Session":
        """Return the session after a review of the current question; Again brings it back."""
        name, rest = review.question, self.queue[1:]
        if review.rating is Rating.AGAIN:
            rest = (*rest[:_AGAIN_AFTER], name, *rest[_AGAIN_AFTER:])
        after = advance(self.memory(name), name, review.rating, review.day, self.plan)
        return replace(
            self,
            queue=rest,
            learnt={**self.learnt, name: after},
            reviews=(*self.reviews, review),
            before=self,
        )

    def skip(self) -> "Session":
        """Return the session without the current question, which stays as due as it was."""
        return replace(
            self, queue=self.queue[1:], skipped=(*self.skipped, self.queue[0]), before=self
        )

    def back(self) -> "Session | None":
        """Return the session before the last answer or skip; None at the beginning."""
        return self.before


def begin(queue: Sequence[str], memories: Mapping[str, Memory], plan: Plan) -> Session:
    """Return a session that asks these questions in this order."""
    distinct = tuple(dict.fromkeys(queue))
    return Session(queue=distinct, total=len(distinct), plan=plan, known=memories)


def choose(
    questions: Sequence[Question],
    memories: Mapping[str, Memory],
    day: date,
    plan: Plan,
    limits: Limits,
    *,
    ahead: bool = False,
) -> tuple[str, ...]:
    """Return what to ask on `day`: the most overdue first, then new ones from easy to hard.

    `ahead` adds at the end what is not due yet, the soonest first.
    """
    known = [memories[each.id] for each in questions if each.id in memories]
    due = overdue(known, day, plan)
    new = learning_order([each for each in questions if each.id not in memories])
    later = sorted(known, key=lambda each: (due_day(each, plan), each.question)) if ahead else []
    order = [*due, *new[: limits.new], *(each.question for each in later)]
    return tuple(dict.fromkeys(order))[: limits.count]


def learning_order(questions: Sequence[Question]) -> list[str]:
    """Return ids from easy to hard, what a question requires before it, topics taking turns."""
    rank = _ranks(questions)
    needs = {
        question.id: {name for name in question.requires if name in rank and name != question.id}
        for question in questions
    }
    unlocks: dict[str, list[str]] = {name: [] for name in rank}
    for name, required in needs.items():
        for each in required:
            unlocks[each].append(name)
    ready = [(rank[name], name) for name, required in needs.items() if not required]
    heapq.heapify(ready)
    order: list[str] = []
    while ready:
        name = heapq.heappop(ready)[1]
        order.append(name)
        for other in unlocks[name]:
            needs[other].discard(name)
            if not needs[other]:
                heapq.heappush(ready, (rank[other], other))
    # Questions that require one another in a circle can only be asked in some order.
    circle = sorted(set(rank) - set(order), key=lambda name: (rank[name], name))
    return order + circle


def option_order(question: str, repetitions: int, count: int) -> tuple[int, ...]:
    """Return in which order to letter the choices: another at each repetition, never by chance."""
    order = list(range(count))
    random.Random(f"{question} {repetitions}").shuffle(order)  # noqa: S311
    return tuple(order)


def shuffled(queue: Sequence[str], seed: int) -> tuple[str, ...]:
    """Return the queue in an order that the seed determines."""
    order = list(queue)
    random.Random(seed).shuffle(order)  # noqa: S311
    return tuple(order)


def suggested_rating(made: int, points: int) -> Rating:
    """Return a rating for an answer that made so many of its key points."""
    if made >= points:
        return Rating.GOOD
    return Rating.HARD if 2 * made >= points else Rating.AGAIN


@dataclass(frozen=True, slots=True)
class Tally:
    """How many questions were right at the first attempt, and how many not."""

    right: int = 0
    wrong: int = 0

    @property
    def asked(self) -> int:
        """Both together."""
        return self.right + self.wrong

    def plus(self, *, right: bool) -> "Tally":
        """Return the tally with one more question."""
        return Tally(self.right + right, self.wrong + (not right))


@dataclass(frozen=True, slots=True)
class Summary:
    """What a session came to. `weakest` holds up to three topics with something wrong in them."""

    total: Tally
    kinds: Mapping[Kind, Tally]
    weakest: tuple[tuple[str, Tally], ...]
    skipped: int
    left: int


def summary(session: Session) -> Summary:
    """Return what the session came to; the first attempt at each question is what counts."""
    first: dict[str, Review] = {}
    for review in session.reviews:
        first.setdefault(review.question, review)
    total, kinds, topics = Tally(), dict[Kind, Tally](), dict[str, Tally]()
    for name, review in first.items():
        topic = name.rpartition("/")[0]
        total = total.plus(right=review.right)
        kinds[review.kind] = kinds.get(review.kind, Tally()).plus(right=review.right)
        topics[topic] = topics.get(topic, Tally()).plus(right=review.right)
    weak = [(topic, tally) for topic, tally in topics.items() if tally.wrong]
    weak.sort(key=lambda pair: (pair[1].right / pair[1].asked, -pair[1].wrong, pair[0]))
    return Summary(
        total=total,
        kinds={kind: kinds[kind] for kind in Kind if kind in kinds},
        weakest=tuple(weak[:3]),
        skipped=len(session.skipped),
        left=len(session.queue),
    )


def _ranks(questions: Iterable[Question]) -> dict[str, tuple[int, int, str]]:
    """Return sort keys: difficulty, then the place within its topic, so that topics take turns.

    Within a topic what is to be said comes before what is to be picked, computed, found, written.
    """
    kinds = list(Kind)
    places: dict[tuple[int, str], int] = {}
    ranks = {}
    for question in sorted(questions, key=lambda each: (kinds.index(each.kind), each.id)):
        key = (question.difficulty.rank, question.topic)
        places[key] = places.get(key, 0) + 1
        ranks[question.id] = (key[0], places[key], question.topic)
    return ranks
